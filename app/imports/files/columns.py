"""Recognize the columns of a file by their headings, or as somebody chose them by hand."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.imports.files.column_meanings import settle
from app.imports.files.heading_names import (
    MAX_CHARACTERS,
    REVERSED,
    Meaning,
    is_loose,
    meaning_of,
    words_of,
)
from app.imports.files.headings import (
    ACCOUNT_CONTROL,
    BLOCKED,
    ENABLED,
    END_DATE,
    FIRST_NAME,
    LAST_NAME,
    NAME_INFIX,
    STATUS,
)
from app.imports.files.labelled_columns import LabelledColumn, find_labelled
from app.model.field_types import Section
from app.model.fields import FIELD, FIELDS, TEXT_FIELDS
from app.text.sanitizing import clean_line

_MAX_HEADING_CHARACTERS = 60
# A choice by hand is more exact than every heading.
_CHOSEN_RANK = -1_000_000
_LABELLED_RANK = 10_000
# Their names end with that of whoever leads them: "Finance (Tor Aasen)".
_ORGANIZATIONS = frozenset(("supervisory organization", "supervisory organisation"))
_IGNORED = ""

# The fields that a column may be chosen to have, with their labels.
CHOICES: Mapping[str, str] = {
    "id": "Id",
    "full_name": "Full name",
    FIRST_NAME: "First name",
    NAME_INFIX: "Last name, what stands before it",
    LAST_NAME: "Last name",
    **{each.name: each.label for each in FIELDS if each.section not in (None, Section.PHOTO)},
    STATUS: "Employment status",
    END_DATE: "Last day",
    ENABLED: "Active, yes or no",
    BLOCKED: "Inactive, yes or no",
    ACCOUNT_CONTROL: "Account control",
}

# The heading of our exports: names come back as they went out, with any comma that they have.
_OUR_NAME = "full name"


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a file, by position and by field.

    ``fields_by_column`` has the field of each column, "" for one that is ignored; ``headings`` are
    theirs, cleaned. ``positions`` has the columns of each field, the most exact first: where that
    is empty in a row, the next is read. A full name is read from ``positions["full_name"]``, then
    from a first and a last name, then from those in ``loose_names``. Full names in the columns of
    ``last_name_first`` are written so; those in ``may_be_reversed`` are where a cell shows it. If
    ``last_name_may_be_full``, the last name's column may hold full names. If
    ``title_may_be_courtesy``, that of the job title may hold "Dr." and "Mr.". If
    ``id_may_be_number``, the id is one that is also called the employee number.
    Cells in the columns of ``with_remarks`` may end with a remark in brackets. The cells of
    ``labelled`` follow those of the file. ``text_columns`` are the fields that are texts, each with
    its column if that is the only one and holds nothing else, otherwise with -1.
    """

    headings: tuple[str, ...]
    fields_by_column: tuple[str, ...]
    positions: Mapping[str, tuple[int, ...]]
    fields: frozenset[str] = field(init=False)
    text_columns: tuple[tuple[str, int], ...] = field(init=False)
    loose_names: tuple[int, ...] = ()
    last_name_first: frozenset[int] = frozenset()
    may_be_reversed: frozenset[int] = frozenset()
    last_name_may_be_full: bool = False
    title_may_be_courtesy: bool = False
    id_may_be_number: bool = False
    with_remarks: frozenset[int] = frozenset()
    labelled: tuple[LabelledColumn, ...] = ()

    def __post_init__(self) -> None:
        """Work out the fields of an employee that the file has a column for."""
        is_named = bool({FIRST_NAME, LAST_NAME} & self.positions.keys() or self.loose_names)
        known = self.positions.keys() & FIELD.keys()
        names = frozenset(known | ({"full_name"} if is_named else set()))
        object.__setattr__(self, "fields", names)
        texts = tuple((name, self._only_column(name)) for name in TEXT_FIELDS if name in names)
        object.__setattr__(self, "text_columns", texts)

    def _only_column(self, name: str) -> int:
        positions = self.positions.get(name, ())
        is_plain = len(positions) == 1 and name != "full_name"
        return positions[0] if is_plain and positions[0] not in self.with_remarks else -1

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
        """Return the heading of a column; of a labelled one, that of its value."""
        if position < self.width:
            return self.headings[position]
        return self.headings[self.labelled[position - self.width].value]

    def cells_of(self, cells: Sequence[str]) -> Sequence[str]:
        """Return the cells of a row by position, those of ``labelled`` included."""
        if not self.labelled:
            return cells
        return (*cells[: self.width], *(column.cell(cells) for column in self.labelled))

    def heading_of(self, name: str) -> str:
        """Return the most exact heading of a field in the file; "" if it has no column."""
        if name in self.positions:
            return self.heading_at(self.positions[name][0])
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
    each_meaning = [_meaning(heading, chosen or {}) for heading in headings[:width]]
    meanings, is_last_or_full = settle(each_meaning, headings)
    by_field: dict[str, list[tuple[int, int]]] = defaultdict(list)
    loose = []
    for position, meaning in enumerate(meanings):
        if meaning and is_loose(meaning):
            loose.append((meaning.rank, position))
        elif meaning:
            by_field[meaning.field].append((meaning.rank, position))
    labelled = _labelled(headings[:width], chosen)
    for position, column in enumerate(labelled, width):
        by_field[column.field].append((_LABELLED_RANK, position))
        meanings[column.value] = meanings[column.value] or Meaning(column.field, _LABELLED_RANK)
    words = [words_of(heading) for heading in cleaned]
    names = [at for at, each in enumerate(meanings) if each and each.field == "full_name"]
    return Columns(
        cleaned,
        tuple(meaning.field if meaning else _IGNORED for meaning in meanings),
        {name: _by_rank(found) for name, found in by_field.items()},
        loose_names=_by_rank(loose),
        last_name_first=frozenset(each for each in names if words[each] in REVERSED),
        may_be_reversed=frozenset(each for each in names if words[each] != _OUR_NAME),
        last_name_may_be_full=is_last_or_full,
        title_may_be_courtesy=any(each and each.is_alone for each in meanings),
        id_may_be_number=any(each and each.field == "id" and each.other_field for each in meanings),
        with_remarks=frozenset(_with_remarks(meanings, words)),
        labelled=labelled,
    )


def _with_remarks(meanings: Sequence[Meaning | None], words: Sequence[str]) -> Iterator[int]:
    """Yield the columns of names that may end with a remark in brackets."""
    for position, meaning in enumerate(meanings):
        if meaning and (is_loose(meaning) or words[position] in _ORGANIZATIONS):
            yield position


def _by_rank(positions: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    return tuple(position for _, position in sorted(positions))


def _labelled(
    headings: Sequence[str], chosen: Mapping[str, str] | None
) -> tuple[LabelledColumn, ...]:
    """Return the columns whose labels say what they are, but for those chosen by hand."""
    return tuple(
        column
        for column in find_labelled([heading[:MAX_CHARACTERS] for heading in headings])
        if clean_heading(headings[column.value]) not in (chosen or {})
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
