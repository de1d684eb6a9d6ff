"""Reader: the environment as settings read it, with a sentence for what cannot be understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.model.errors import SettingsError

_YES = frozenset({"on", "1", "true", "yes"})
_NO = frozenset({"", "off", "0", "false", "no"})
# Of the course's application in Node; ours take precedence.
NODE_TABLE, NODE_REGION = "TABLE_NAME", "DEFAULT_AWS_REGION"


class Reader:
    """The environment without the placeholders of an unfinished script, which become problems."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self.problems: list[str] = []
        self.notes: list[str] = []

    def text(self, name: str) -> str:
        """Return the value without white space around it; "" if it is not set."""
        value = self._env.get(name, "").strip()
        if (value.startswith("<") and value.endswith(">")) or "${" in value:
            self.problems.append(
                f"{name} still has the placeholder {value}. Replace it with the real value."
            )
            return ""
        return value

    def finished(self, name: str) -> str:
        """Return the text of a setting that cannot be left out unnoticed. Raises SettingsError."""
        value = self.text(name)
        if not value and (left := self._env.get(name, "").strip()):
            raise SettingsError(
                f"{name} still has the placeholder {left}. Replace it with the real value, or "
                "remove the setting."
            )
        return value

    def is_set(self, name: str) -> bool:
        """Return whether it is set, be it to a placeholder."""
        return bool(self._env.get(name, "").strip())

    def dynamo_mode(self) -> bool:
        """Return whether records are in DynamoDB: the application in Node has no other place."""
        others = ("DYNAMO_MODE", "DATABASE_URL", "DATABASE_HOST")
        if self.text(NODE_TABLE) and not any(map(self.text, others)):
            self.notes.append(f"{NODE_TABLE} is set, so records are in DynamoDB.")
            return True
        is_on = self.switch("DYNAMO_MODE")
        if self.text(NODE_TABLE) and not is_on:
            self.notes.append(f"{NODE_TABLE} is not used, because records are in SQL.")
        return is_on

    def ours_or_of_node(self, name: str, *ours: str, in_use: bool = True) -> str:
        """Return the first of our settings that is set, else that of the application in Node."""
        value = self.text(name)
        for each in ours:
            if own := self.text(each):
                if in_use and value and value != own:
                    self.notes.append(f"{name} is not used, because {each} is set.")
                return own
        if in_use and value:
            self.notes.append(f"{name} is used for {ours[0]}: {value}.")
        return value

    def switch(self, name: str, *, unset: bool = False) -> bool:
        """Return whether it is on; ``unset`` if it is not set. Raises SettingsError."""
        value = self.text(name)
        if not value:
            return unset
        if value.lower() not in _YES | _NO:
            raise SettingsError(
                f"{name} is {value!r}, which is neither on nor off. "
                "Use on, 1, true or yes; or off, 0, false or no."
            )
        return value.lower() in _YES

    def choice(self, name: str, allowed: Sequence[str]) -> str:
        """Return one of these; the first if it is not set. Raises SettingsError."""
        value = self.text(name).lower() or allowed[0]
        if value not in allowed:
            raise SettingsError(
                f"{name} is {self.text(name)!r}, which cannot be used. Use {' or '.join(allowed)}."
            )
        return value

    def whole_number(self, name: str, *, default: int = 0, minimum: int, maximum: int) -> int:
        """Return a whole number in these bounds. Raises SettingsError."""
        value = self.text(name)
        if not value:
            return default
        if not (value.isascii() and value.isdigit() and minimum <= int(value[:9]) <= maximum):
            raise SettingsError(
                f"{name} is {value!r}, which cannot be used. "
                f"Use a whole number from {minimum} to {maximum}."
            )
        return int(value)
