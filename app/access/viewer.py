"""Viewer: who asks for a page, an export, a change or a command."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class Role(StrEnum):
    """What a viewer may do; a later role includes the rights of those before it."""

    NOBODY = "nobody"  # not signed in, where nothing is shown without a sign-in
    VISITOR = "visitor"  # not signed in, where everybody may read
    COLLEAGUE = "colleague"
    EDITOR = "editor"
    ADMIN = "admin"

    def includes(self, other: Role) -> bool:
        """Return whether this role has all rights of the other."""
        return _RANK[self] >= _RANK[other]


_RANK = {role: rank for rank, role in enumerate(Role)}
# The roles that an account can have.
ACCOUNT_ROLES = (Role.COLLEAGUE, Role.EDITOR, Role.ADMIN)


class Origin(StrEnum):
    """How the viewer is known."""

    OPEN = "open"  # the directory is open: everybody has all rights
    ANONYMOUS = "anonymous"
    SESSION = "session"
    COMMAND = "command"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who asks. ``person_id`` is their own record, if their account is linked to one.

    ``email`` is that of the account, to be shown to the viewer only. ``withheld`` are the rights of
    their role that the settings of this directory take away.
    """

    role: Role
    origin: Origin
    account_id: str = ""
    name: str = ""
    email: str = ""
    person_id: str = ""
    withheld: frozenset[str] = frozenset()

    @property
    def is_signed_in(self) -> bool:
        """Return whether the viewer has an account."""
        return bool(self.account_id)

    def is_person(self, employee_id: str) -> bool:
        """Return whether this record is the viewer's own."""
        return bool(self.person_id) and self.person_id == employee_id

    def viewing_as(self, role: Role) -> Viewer:
        """Return a viewer who sees what this lesser role sees, and has no record of their own."""
        if not self.role.includes(role):
            raise ValueError(f"{self.role} cannot view as {role}")
        return replace(self, role=role, person_id="")


ANYBODY_IN_OPEN_MODE = Viewer(role=Role.ADMIN, origin=Origin.OPEN, name="everybody")
VISITOR = Viewer(role=Role.VISITOR, origin=Origin.ANONYMOUS)
STRANGER = Viewer(role=Role.NOBODY, origin=Origin.ANONYMOUS)


def operator(name: str = "") -> Viewer:
    """Return the viewer of a command, who has every right; ``name`` is the user of the shell."""
    return Viewer(role=Role.ADMIN, origin=Origin.COMMAND, name=name or "the operator")
