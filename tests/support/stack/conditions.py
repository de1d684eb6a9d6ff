"""The conditions and rules of a template, evaluated as CloudFormation does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Template = Mapping[str, Any]


class Choices:
    """What a template decides for these parameters; the others have their defaults."""

    def __init__(self, template: Template, given: Mapping[str, str]) -> None:
        self._template = template
        self._parameters = {
            name: self._typed(one["Type"], str(given.get(name, one.get("Default", ""))))
            for name, one in template["Parameters"].items()
        }

    @staticmethod
    def _typed(kind: str, text: str) -> str | list[str]:
        return text.split(",") if kind == "CommaDelimitedList" else text

    def conditions(self) -> dict[str, bool]:
        """Return each condition of the template by name."""
        return {name: bool(self.value(one)) for name, one in self._template["Conditions"].items()}

    def refusals(self) -> list[str]:
        """Return what the rules of the template say against the parameters."""
        return [
            each["AssertDescription"]
            for rule in self._template["Rules"].values()
            if self.value(rule["RuleCondition"])
            for each in rule["Assertions"]
            if not self.value(each["Assert"])
        ]

    def value(self, part: Any) -> Any:
        """Return the value of an expression."""
        if isinstance(part, list):
            return [self.value(one) for one in part]
        if not isinstance(part, dict):
            return part
        ((name, operand),) = part.items()
        if name == "Ref":
            return self._parameters[operand]
        if name == "Condition":
            return self.value(self._template["Conditions"][operand])
        return self._call(name.removeprefix("Fn::"), self.value(operand))

    def _call(self, name: str, given: list[Any]) -> Any:
        if name == "FindInMap":
            mapping, first, second = given
            return self._template["Mappings"][mapping][first][second]
        functions = {
            "Not": lambda: not given[0],
            "And": lambda: all(given),
            "Or": lambda: any(given),
            "Equals": lambda: given[0] == given[1],
            "Join": lambda: given[0].join(given[1]),
            "Split": lambda: given[1].split(given[0]),
            "Select": lambda: given[1][int(given[0])],
        }
        return functions[name]()
