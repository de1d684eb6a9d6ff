"""Writes and changes: who writes what, by which way, and what a record was and is after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

# The content of one field: a text, or the names of badges and of hidden fields.
Value = str | tuple[str, ...]
MAX_NOTE_CHARACTERS = 500


def _nothing() -> Mapping[str, Value]:
    return MappingProxyType({})


class Via(StrEnum):
    """The way by which a write came."""

    PAGE = "page"
    IMPORT = "import"
    BULK = "bulk"  # an edit of everybody whom a list shows
    MERGE = "merge"  # two records of one person became one; the source is the other's id
    UNDO = "undo"
    COMMAND = "command"
    API = "api"
    SCIM = "scim"
    OUTSIDE = "outside"  # another program wrote the record


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote: the account, if there is one, and its name on that day.

    ``name`` is that of an account, of the user of a shell ("root on web-2"), or "everybody" in an
    open directory; "" if nobody knows it. It is stored apart, so that it can be erased.
    """

    name: str = ""
    account_id: str = ""
    person_id: str = ""


@dataclass(frozen=True, slots=True)
class Through:
    """How a write came.

    ``source`` is the name of the file, of the token or the command. Of a write that is part of a
    job, ``job`` is its id: the audit log has one line for the job. ``undoes`` is the moment of the
    change of the same person that the write takes back, and ``row`` the row of a file.
    ``request_id`` is that of the request, "" outside of one. ``note`` is what the author says of
    it, for editors, at most MAX_NOTE_CHARACTERS.
    """

    via: Via = Via.PAGE
    source: str = ""
    job: str = ""
    undoes: str = ""
    row: int = 0
    request_id: str = ""
    note: str = ""


ON_THE_PAGE = Through()


@dataclass(frozen=True, slots=True)
class Write:
    """One write of a store: its id, which makes a repeated call the same write; who, and how."""

    id: str
    author: Author = field(default_factory=Author)
    through: Through = ON_THE_PAGE


class ChangeKind(StrEnum):
    """What became of the record."""

    ADDED = "added"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of a person, as their history has it.

    ``moment`` (``2026-11-29T22:41:06.123Z-1f3a``, UTC) is later than that of each earlier change of
    this person, and names the change. ``version`` is that of the record after it. ``was`` and
    ``now`` have the content of each changed field before and after; an added record ``was``
    nothing. ``base`` is the whole content before, where the history does not tell how the record
    came to be: in the first change of a record that was there before its history.
    """

    employee_id: str
    moment: str
    kind: ChangeKind
    version: int
    full_name: str
    was: Mapping[str, Value] = field(default_factory=_nothing)
    now: Mapping[str, Value] = field(default_factory=_nothing)
    base: Mapping[str, Value] | None = None
    author: Author = field(default_factory=Author)
    through: Through = ON_THE_PAGE

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the names of the fields that changed."""
        return tuple(self.now)
