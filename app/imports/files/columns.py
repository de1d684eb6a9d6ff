"""Recognize the columns of a file by their headings, or as somebody chose them by hand."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.imports.files import heading_words
from app.imports.files.heading_names import (
    MAX_CHARACTERS,
    REVERSED,
    Meaning,
    is_loose,
    meaning_of,
    words_of,
)
from app.imports.files.headings import ADDRESS_PARTS, FIRST_NAME, LAST_NAME
from app.model.fields import FIELDS
from app.model.kinds import Kind
from app.text.sanitizing import clean_line

_MAX_HEADING_CHARACTERS = 60
# Beside a first name, this heading means the last name, as in the German "Vorname, Name".
_LAST_OR_FULL = "name"
_NAME = meaning_of(_LAST_OR_FULL)
# A choice by hand is more exact than every heading.
_CHOSEN_RANK = -1_000_000
_ADDRESS_PARTS = frozenset(ADDRESS_PARTS.split(", "))
_DIRECTORY_HEADINGS = frozenset(heading_words.DIRECTORY.split(", "))
_IGNORED = ""

# The fields that a column may be chosen to have, with their labels.
CHOICES: Mapping[str, str] = {
    "id": "Id",
    "full_name": "Full name",
    FIRST_NAME: "First name",
    LAST_NAME: "Last name",
    **{each.name: each.label for each in FIELDS if each.kind is not Kind.PHOTO},
}


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a file, by position and by field.

    ``fields_by_column`` has the field of each column, "" for one that is ignored; ``headings`` are
    theirs, cleaned. ``positions`` has the columns of each field, the most exact first: where that
    is empty in a row, the next is read. A full name is read from ``positions["full_name"]``, then
    from a first and a last name, then from those in ``loose_names``. Full names in the columns of
    ``last_name_first`` are written so; if ``last_name_may_be_full``, the last name's column may
    hold full names.
    """

    headings: tuple[str, ...]
    fields_by_column: tuple[str, ...]
    positions: Mapping[str, tuple[int, ...]]
    fields: frozenset[str] = field(init=False)
    loose_names: tuple[int, ...] = ()
    last_name_first: frozenset[int] = frozenset()
    last_name_may_be_full: bool = False

    def __post_init__(self) -> None:
        """Work out the fields of an employee that the file has a column for."""
        is_named = bool({FIRST_NAME, LAST_NAME} & self.positions.keys() or self.loose_names)
        known = self.positions.keys() - {FIRST_NAME, LAST_NAME, "id"}
        names = frozenset(known | ({"full_name"} if is_named else set()))
        object.__setattr__(self, "fields", names)

    @property
    def width(self) -> int:
        """The number of columns up to the last that has a heading."""
        return len(self.headings)

    @property
    def ignored(self) -> tuple[str, ...]:
        """The headings of the columns that are not read."""
        columns = zip(self.headings, self.fields_by_column, strict=True)
        return tuple(heading for heading, name in columns if heading and not name)

    def heading_at(self, position: int) -> str:
        """Return the heading of a column."""
        return self.headings[position]

    def heading_of(self, name: str) -> str:
        """Return the most exact heading of a field in the file; "" if it has no column."""
        if name in self.positions:
            return self.headings[self.positions[name][0]]
        if name != "full_name":
            return ""
        parts = [
            self.positions[part][0] for part in (FIRST_NAME, LAST_NAME) if part in self.positions
        ]
        return " + ".join(self.headings[part] for part in parts or self.loose_names[:1])


def field_of(heading: str) -> str:
    """Return the field that a heading names by itself, or ""."""
    meaning = meaning_of(heading)
    return meaning.field if meaning else ""


def count_known(headings: Sequence[str]) -> int:
    """Return the number of different fields that the headings name."""
    return len({field_of(heading) for heading in headings} - {""})


def read_headings(headings: Sequence[str], chosen: Mapping[str, str] | None = None) -> Columns:
    """Recognize the columns of a file.

    ``chosen`` has the field, or "" to ignore it, for headings as ``clean_heading`` returns them.
    """
    width = max((position for position, text in enumerate(headings, 1) if text.strip()), default=0)
    cleaned = tuple(map(clean_heading, headings[:width]))
    meanings = [_meaning(heading, chosen or {}) for heading in headings[:width]]
    meanings = _without_private_cities(_settled(meanings), headings)
    is_last_or_full = _name_is_last(meanings, headings)
    by_field: dict[str, list[tuple[int, int]]] = defaultdict(list)
    loose = []
    for position, meaning in enumerate(meanings):
        if meaning and is_loose(meaning):
            loose.append((meaning.rank, position))
        elif meaning:
            by_field[meaning.field].append((meaning.rank, position))
    return Columns(
        cleaned,
        tuple(meaning.field if meaning else _IGNORED for meaning in meanings),
        {
            name: tuple(position for _, position in sorted(found))
            for name, found in by_field.items()
        },
        loose_names=tuple(position for _, position in sorted(loose)),
        last_name_first=frozenset(
            position
            for position, meaning in enumerate(meanings)
            if meaning and meaning.field == "full_name" and words_of(cleaned[position]) in REVERSED
        ),
        last_name_may_be_full=is_last_or_full,
    )


def clean_heading(heading: str) -> str:
    """Return a heading as it is shown, and as the key of a choice by hand."""
    return clean_line(heading)[:_MAX_HEADING_CHARACTERS]


def _meaning(heading: str, chosen: Mapping[str, str]) -> Meaning | None:
    key = clean_heading(heading)
    if key not in chosen:
        return meaning_of(heading)
    name = chosen[key]
    return Meaning(name, _CHOSEN_RANK) if name in CHOICES else None


def _settled(meanings: Sequence[Meaning | None]) -> list[Meaning | None]:
    """Return the meanings in a file that has all of these columns."""
    present = {each.field for each in meanings if each and not each.other_field}
    settled = [
        each._replace(field=each.other_field)
        if each and each.other_field and each.field in present
        else each
        for each in meanings
    ]
    exact = {each.field for each in settled if each and not each.is_alone}
    return [None if each and each.is_alone and each.field in exact else each for each in settled]


def _without_private_cities(
    meanings: Sequence[Meaning | None], headings: Sequence[str]
) -> list[Meaning | None]:
    """Leave out a city that is part of an address, unless it is that of an office."""
    words = {words_of(heading) for heading in headings if len(heading) <= MAX_CHARACTERS}
    at_home = bool(_ADDRESS_PARTS & words) and not _DIRECTORY_HEADINGS & words
    return [None if each and each.is_city and at_home else each for each in meanings]


def _name_is_last(meanings: list[Meaning | None], headings: Sequence[str]) -> bool:
    """Give a column Name beside a first name, and no last name, to the last name."""
    present = {each.field for each in meanings if each}
    if FIRST_NAME not in present or LAST_NAME in present:
        return False
    names = [
        position
        for position, each in enumerate(meanings)
        if each == _NAME and words_of(headings[position]) == _LAST_OR_FULL
    ]
    for position in names:
        meanings[position] = Meaning(LAST_NAME, 0)
    return bool(names)
