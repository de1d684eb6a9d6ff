"""Reader: the environment as settings read it, with a sentence for what cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from app.model.errors import SettingsError
from app.settings.pasted import REFERENCE, Kind, clean, has_placeholder

_YES = frozenset({"on", "1", "true", "yes"})
_NO = frozenset({"", "off", "0", "false", "no"})
# Of the course's application in Node; ours take precedence.
NODE_TABLE, NODE_REGION = "TABLE_NAME", "DEFAULT_AWS_REGION"
# Their values are in no message, log or page.
SECRETS = frozenset(
    {"SECRET_KEY", "SETUP_CODE", "OIDC_CLIENT_SECRET", "DATABASE_PASSWORD", "DATABASE_URL",
     "METRICS_TOKEN"}
)  # fmt: skip
_TEXTS = frozenset(
    {"COMPANY_NAME", "OIDC_LABEL", "EDITOR_GROUPS", "ADMIN_GROUPS", "OIDC_GROUPS_CLAIM",
     "INSTANCE_FOLDER", "PHOTOS_FOLDER", "SERVICE_NAME"}
)  # fmt: skip
_MAX_TOLD_CHARACTERS = 500

T = TypeVar("T")


class KeptSecrets(NamedTuple):
    """What was read of secrets that are kept elsewhere, by the name of the setting.

    ``unreadable`` are sentences about those that could not be, and ``places`` say where they are.
    """

    values: Mapping[str, str] = MappingProxyType({})
    unreadable: Mapping[str, str] = MappingProxyType({})
    places: Mapping[str, str] = MappingProxyType({})


class Reader:
    """The environment; what cannot be used of it becomes a problem, and counts as not set.

    ``kept`` are the secrets that are kept elsewhere; one that was not read is a problem.
    ``unusable`` are the names of settings that are set to what cannot be used, and ``wrong`` the
    problems that tell of them; other problems are of what is missing. Values of secrets are in
    none of these.
    """

    def __init__(self, env: Mapping[str, str], kept: KeptSecrets | None = None) -> None:
        self._env = env
        self._kept = kept or KeptSecrets()
        self.problems: list[str] = []
        self.wrong: list[str] = []
        self.notes: list[str] = []
        self.unusable: dict[str, str] = {}

    def text(self, name: str) -> str:
        """Return the value without what was pasted around it; "" if it is not set or usable."""
        kind = kind_of(name)
        value = clean(self._env.get(name, ""), kind)
        if kind is Kind.SECRET and self.is_kept_elsewhere(name):
            self._tell_of_kept(name)
            value = self._kept.values.get(name, "")
        if name != "DATABASE_PASSWORD":
            value = value.strip()
        if has_placeholder(value, kind):
            told = "in angle brackets" if kind is Kind.SECRET else value[:_MAX_TOLD_CHARACTERS]
            self.refuse(
                name, f"{name} still has the placeholder {told}. Replace it with the real value."
            )
            return ""
        return value

    def exact(self, name: str) -> str:
        """Return the value as another reader of the environment has it."""
        return self._env.get(name, "")

    def is_set(self, name: str) -> bool:
        """Return whether it is set, be it to what cannot be used."""
        return bool(self._env.get(name, "").strip())

    def is_kept_elsewhere(self, name: str) -> bool:
        """Return whether the environment says only where this secret is kept."""
        return name in SECRETS and REFERENCE.fullmatch(self._env.get(name, "")) is not None

    def _tell_of_kept(self, name: str) -> None:
        if name in self._kept.values:
            place = self._kept.places.get(name, "elsewhere")
            self.notes.append(f"{name} was read at the start: {place}. Restart after a rotation.")
        else:
            unread = f"{name} names a secret that is kept elsewhere, and it was not read."
            self.refuse(name, self._kept.unreadable.get(name, unread))

    def is_set_any(self, *names: str) -> bool:
        """Return whether one of these is set, be it to what cannot be used."""
        return any(map(self.is_set, names))

    def refuse(self, name: str, sentence: str) -> None:
        """Tell that a setting cannot be used as it is."""
        self.unusable.setdefault(name, sentence)
        self.problems.append(sentence)
        self.wrong.append(sentence)

    def or_else(self, name: str, read: Callable[[], T], stand_in: T, until: str = "") -> T:
        """Return what is read of this setting, or the stand-in if it cannot be used.

        ``until`` says what holds until somebody corrects it.
        """
        try:
            value = read()
        except SettingsError as error:
            first = str(error).split()[0]  # of two that belong together it may be the other
            self.refuse(first if self.is_set(first) else name, f"{error} {until}".strip())
            return stand_in
        return stand_in if name in self.unusable else value

    def problem_of(self, *names: str) -> str:
        """Return the sentence about the first of these that cannot be used, or ""."""
        return next((self.unusable[name] for name in names if name in self.unusable), "")

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


def kind_of(name: str) -> Kind:
    """Return what the value of a setting may be."""
    if name in SECRETS:
        return Kind.SECRET
    return Kind.TEXT if name in _TEXTS else Kind.PLAIN
