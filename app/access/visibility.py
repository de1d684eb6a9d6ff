"""Who sees which field: the defaults of a directory, and what a person may hide."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from app.access.viewer import Role, Viewer
from app.model.fields import CONTENT_FIELDS, HIDEABLE


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
# Seen by editors alone, whatever an administrator chooses.
OF_EDITORS = ("left_on",)
# Names, where somebody works and how lists show them are never restricted.
RESTRICTABLE = tuple(
    name
    for name in CONTENT_FIELDS
    if name
    not in (
        "full_name", "preferred_name", "sort_as", "job_title", "department", "location", "hidden",
        *OF_EDITORS,
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sight:
    """What a viewer sees of employees: all but the ``restricted`` fields, and what each hides.

    Whoever ``sees_hidden`` sees what employees hide too. Of the own record, ``person_id``, nothing
    is concealed; since lists and searches do not depend on it, it is not compared.
    """

    restricted: frozenset[str] = frozenset()
    sees_hidden: bool = True
    person_id: str = field(default="", compare=False)

    @property
    def is_whole(self) -> bool:
        """Return whether nothing of anybody is concealed."""
        return self.sees_hidden and not self.restricted

    def concealed(self, hidden: Collection[str] = (), employee_id: str = "") -> frozenset[str]:
        """Return the fields of an employee, who hides ``hidden``, that are not seen."""
        if employee_id and employee_id == self.person_id:
            return frozenset()
        if self.sees_hidden or not hidden:
            return self.restricted
        return self.restricted.union(name for name in hidden if name in HIDEABLE)


SEES_ALL = Sight()


@dataclass(frozen=True, slots=True)
class Visibility:
    """The audience of each field; ``chosen`` are those that an administrator has set."""

    chosen: Mapping[str, Audience] = field(default_factory=lambda: MappingProxyType({}))

    def audience_of(self, name: str) -> Audience:
        """Return the audience of a field."""
        if name not in RESTRICTABLE:
            return Audience.EVERYBODY
        return self.chosen.get(name, _DEFAULT.get(name, Audience.EVERYBODY))

    def sight_of(self, viewer: Viewer) -> Sight:
        """Return what the viewer sees; editors see everything."""
        if viewer.role.includes(Role.EDITOR):
            return SEES_ALL
        restricted = (
            name for name in RESTRICTABLE if not viewer.role.includes(_ROLE[self.audience_of(name)])
        )
        return Sight(frozenset(restricted), sees_hidden=False, person_id=viewer.person_id)


DEFAULT_VISIBILITY = Visibility()
# Where nobody knows what an administrator has chosen.
STRICTEST_VISIBILITY = Visibility(dict.fromkeys(RESTRICTABLE, Audience.EDITORS))
