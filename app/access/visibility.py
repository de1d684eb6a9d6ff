"""Who sees which field: the defaults of a directory, and what a person may hide."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from app.access.viewer import Role, Viewer
from app.model.fields import CONTENT_FIELDS


class Audience(StrEnum):
    """The smallest group of viewers who see a field, besides the person themselves."""

    EVERYBODY = "everybody"
    COLLEAGUES = "colleagues"
    EDITORS = "editors"


_ROLE = {
    Audience.EVERYBODY: Role.VISITOR,
    Audience.COLLEAGUES: Role.COLLEAGUE,
    Audience.EDITORS: Role.EDITOR,
}
_DEFAULT = {"email": Audience.COLLEAGUES, "phone": Audience.COLLEAGUES,
            "mobile": Audience.COLLEAGUES}  # fmt: skip
# Names, where somebody works and how lists show them are never restricted.
RESTRICTABLE = tuple(
    name
    for name in CONTENT_FIELDS
    if name not in ("full_name", "preferred_name", "sort_as", "job_title", "department", "location")
)
# What a person may hide from everybody but themselves and editors.
HIDEABLE = ("phone", "mobile", "pronouns", "photo_key", "start_date", "about")


@dataclass(frozen=True, slots=True)
class Visibility:
    """The audience of each field; ``chosen`` are those that an administrator has set."""

    chosen: Mapping[str, Audience] = field(default_factory=lambda: MappingProxyType({}))

    def audience_of(self, name: str) -> Audience:
        """Return the audience of a field."""
        if name not in RESTRICTABLE:
            return Audience.EVERYBODY
        return self.chosen.get(name, _DEFAULT.get(name, Audience.EVERYBODY))

    def concealed_from(
        self, viewer: Viewer, *, hidden: Collection[str] = (), employee_id: str = ""
    ) -> frozenset[str]:
        """Return the fields of an employee, who hides ``hidden``, that the viewer may not see."""
        if viewer.is_person(employee_id) or viewer.role.includes(Role.EDITOR):
            return frozenset()
        restricted = {
            name for name in RESTRICTABLE if not viewer.role.includes(_ROLE[self.audience_of(name)])
        }
        return frozenset(restricted.union(name for name in hidden if name in HIDEABLE))


DEFAULT_VISIBILITY = Visibility()
