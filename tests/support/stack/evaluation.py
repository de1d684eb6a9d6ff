"""What a template makes of its parameters: conditions decided, functions carried out.

What only AWS knows stays a word in braces: ``{Vault}`` is what !Ref Vault gives, ``{Vault.Arn}`` an
attribute of it, ``{AWS::Region}`` the region, ``{import x}`` what another stack exports.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any

_NOTHING = object()
_STACK_ID = "arn:aws:cloudformation:us-west-2:123456789012:stack/directory/0a1b2c3d-0"


class Evaluation:
    """A template with parameters given; of those not given, the defaults."""

    def __init__(self, template: Mapping[str, Any], **given: str) -> None:
        self._template = template
        unknown = given.keys() - template["Parameters"].keys()
        assert not unknown, f"no parameters of the template: {unknown}"
        self._parameters = {
            name: given.get(name, str(one.get("Default", "{" + name + "}")))
            for name, one in template["Parameters"].items()
        }

    def resources(self) -> dict[str, dict[str, Any]]:
        """Every resource that is made, by its name; what is AWS::NoValue is left out."""
        return {
            name: self.value(one)
            for name, one in self._template["Resources"].items()
            if "Condition" not in one or self.decide(one["Condition"])
        }

    def outputs(self) -> dict[str, Any]:
        return {
            name: self.value(one["Value"])
            for name, one in self._template["Outputs"].items()
            if "Condition" not in one or self.decide(one["Condition"])
        }

    def refusals(self) -> list[str]:
        """What the rules say of the parameters."""
        return [
            each["AssertDescription"]
            for rule in self._template.get("Rules", {}).values()
            if self.value(rule["RuleCondition"])
            for each in rule["Assertions"]
            if not self.value(each["Assert"])
        ]

    def conditions(self) -> dict[str, bool]:
        return {name: self.decide(name) for name in self._template["Conditions"]}

    def decide(self, condition: str) -> bool:
        decided = self.value(self._template["Conditions"][condition])
        assert isinstance(decided, bool), condition
        return decided

    def value(self, part: Any) -> Any:
        if isinstance(part, list):
            return [one for one in map(self.value, part) if one is not _NOTHING]
        if not isinstance(part, dict):
            return part
        if len(part) == 1:
            ((name, operand),) = part.items()
            if name == "Ref":
                return self._ref(operand)
            if name == "Condition" and isinstance(operand, str):
                return self.decide(operand)
            if name.startswith("Fn::"):
                return self._functions[name.removeprefix("Fn::")](self, operand)
        pairs = ((key, self.value(one)) for key, one in part.items() if key != "Condition")
        kept = {key: one for key, one in pairs if one is not _NOTHING}
        if isinstance(condition := part.get("Condition"), dict):
            kept["Condition"] = self.value(condition)  # of a policy's statement
        return kept

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NOTHING
        if name == "AWS::StackId":
            return _STACK_ID
        if name in self._parameters:
            kind = self._template["Parameters"][name]["Type"]
            text = self._parameters[name]
            return text.split(",") if kind == "CommaDelimitedList" else text
        return "{" + name + "}"

    def _sub(self, operand: Any) -> str:
        text, names = operand if isinstance(operand, list) else (operand, {})

        def filled_in(found: re.Match[str]) -> str:
            name = found[1]
            return str(self.value(names[name]) if name in names else self._ref(name))

        return re.sub(r"\$\{([^!}]+)\}", filled_in, text).replace("${!", "${")

    def _if(self, operand: Any) -> Any:
        return self.value(operand[1] if self.decide(operand[0]) else operand[2])

    def _select(self, operand: Any) -> Any:
        found = self.value(operand[1])
        if isinstance(found, str):  # a list that only AWS knows
            return "{" + f"{found.strip('{}')}.{operand[0]}" + "}"
        return found[int(operand[0])]

    def _cidr(self, operand: Any) -> Any:
        """The first blocks of a block, each with so many bits for the addresses in it."""
        whole, count, bits = map(self.value, operand)
        if whole.startswith("{"):
            return whole
        network = ipaddress.ip_network(whole)
        blocks = network.subnets(new_prefix=network.max_prefixlen - int(bits))
        return [str(block) for block, _ in zip(blocks, range(int(count)), strict=False)]

    def _split(self, operand: Any) -> Any:
        text = self.value(operand[1])
        whole = isinstance(text, str) and re.fullmatch(r"\{[^}]*\}", text)
        return text if whole else text.split(operand[0])

    def _find_in_map(self, operand: Any) -> Any:
        name, *keys = map(self.value, operand)
        found = self._template["Mappings"][name]
        for key in keys:
            found = found[key]
        return found

    _functions: Mapping[str, Callable[["Evaluation", Any], Any]] = {
        "Cidr": _cidr,
        "GetAZs": lambda _, __: ["{zone 1}", "{zone 2}", "{zone 3}"],
        "Base64": lambda self, operand: self.value(operand),
        "Equals": lambda self, operand: self.value(operand[0]) == self.value(operand[1]),
        "Not": lambda self, operand: not self.value(operand[0]),
        "And": lambda self, operand: all(map(self.value, operand)),
        "Or": lambda self, operand: any(map(self.value, operand)),
        "GetAtt": lambda self, operand: "{" + ".".join(operand) + "}",
        "Join": lambda self, operand: operand[0].join(map(str, self.value(operand[1]))),
        "If": _if,
        "Sub": _sub,
        "Select": _select,
        "Split": _split,
        "FindInMap": _find_in_map,
        "ImportValue": lambda self, operand: "{import " + self.value(operand) + "}",
    }
