"""The planned or final outcome of each row, and the format of a stored part of them."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.contracts.line_counts import LineCounts, counter_of
from app.model import validation
from app.model.employee import Employee
from app.model.fields import FIELD
from app.photos.keys import key_before_leaving
from app.runtime import bounded_zlib, strict_json

ADDED, CHANGED, UNCHANGED, REJECTED = "added", "changed", "same", "refused"
DUPLICATE, INACTIVE, ABSENT = "duplicate", "inactive", "absent"
LEFT, RESTORED = "left", "restored"
OUTCOMES = (REJECTED, DUPLICATE, LEFT, RESTORED, CHANGED, ADDED, INACTIVE, UNCHANGED)
# Of rows that change somebody who was there before.
UPDATES = (CHANGED, LEFT, RESTORED)
UNDONE, SKIPPED = "undone", "kept"
UNDO_OUTCOMES = (SKIPPED, UNDONE)
_MAX_TYPED_CHARACTERS = 80
# Many times what a part is cut to.
_MAX_UNPACKED_BYTES = 16 * 1024 * 1024
_KNOWN_OUTCOMES = frozenset((*OUTCOMES, *UNDO_OUTCOMES, ABSENT))

# Of the fields that a line may write, with the last day first.
LABELS: Mapping[str, str] = {"left_on": FIELD["left_on"].label, **validation.LABELS}

# The value of a field: text, or badge keys.
Value = str | tuple[str, ...]
Values = Mapping[str, Value]


class Problem(NamedTuple):
    """Why a line is rejected: the heading in the file, what to do, and the text of the cell."""

    column: str
    reason: str
    typed: str = ""

    @property
    def text(self) -> str:
        """The heading, and what to do."""
        return ": ".join(filter(None, (self.column, self.reason)))


class Resemblance(NamedTuple):
    """Whom a line may mean: an employee who is here, or the one of another row (0: none)."""

    id: str = ""
    name: str = ""
    row: int = 0


def problem_at(column: str, reason: str, typed: str = "") -> Problem:
    """Return a problem, with the text of the cell truncated to what a page shows."""
    return Problem(column, reason, typed[:_MAX_TYPED_CHARACTERS])


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file: the employee that it means, and the outcome.

    ``new`` holds the fields that the import writes, ``old`` their previous values; ``revision`` is
    that of the employee when they were compared. ``may_reassign_id`` allows another id for a new
    employee if this one belonged to a deleted employee. ``resembles`` are those whom a possible
    duplicate may mean, also when it is added nevertheless, or of a rejected line those it means.
    Who has left by a row has the cell that says so in ``problems``. Who is in no row of a complete
    list is ABSENT, with a ``number`` below 0; then ``new`` is what a preview shows of them.
    """

    number: int
    outcome: str
    id: str = ""
    name: str = ""
    revision: str = ""
    new: Values = field(default_factory=dict)
    old: Values = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    may_reassign_id: bool = False
    resembles: tuple[Resemblance, ...] = ()

    def rejected(self, reason: str) -> Line:
        """Return the line as rejected for this reason."""
        return Line(self.number, REJECTED, self.id, self.name, problems=(Problem("", reason),))

    @property
    def has_new_photo(self) -> bool:
        """Whether the line brings a photo of the file, and does not only move the stored one."""
        return self.outcome not in (LEFT, ABSENT) and bool(
            key_before_leaving(str(self.old.get("photo_key", ""))) != self.new.get("photo_key")
            and "photo_key" in self.new
        )

    @property
    def new_employee(self) -> Employee:
        """The employee that an added line describes."""
        fields: dict[str, Any] = {"full_name": "", **self.new}
        return Employee(id=self.id, **fields)

    def as_text(self) -> str:
        """Serialize the line as JSON without trailing empty values."""
        packed = [self.number, self.outcome, self.id, self.name, self.revision,
                  self.new, self.old, self.problems, self.may_reassign_id,
                  self.resembles]  # fmt: skip
        while not packed[-1]:
            packed.pop()
        return json.dumps(packed, ensure_ascii=False, separators=(",", ":"))


_EMPTY: tuple[Any, ...] = (0, "", "", "", "", {}, {}, (), False, ())


def _line_from(packed: object) -> Line:
    """Return the line in a stored list. Raises ValueError or TypeError if it is none."""
    values = (*packed, *_EMPTY[len(packed) :]) if isinstance(packed, list) else ()
    number, outcome, employee_id, name, revision, new, old, problems, may_reassign, similar = values
    if type(number) is not int or outcome not in _KNOWN_OUTCOMES:
        raise ValueError("this is no line")
    employee_id, name, revision = map(_text, (employee_id, name, revision))
    return Line(
        number, outcome, employee_id, name, revision, _values(new), _values(old),
        tuple(Problem(*map(_text, problem)) for problem in problems), bool(may_reassign),
        tuple(map(_resemblance, similar)),
    )  # fmt: skip


def _values(stored: Mapping[str, Any]) -> Values:
    if not stored.keys() <= FIELD.keys():
        raise ValueError("a field is unknown")
    return {
        name: value if isinstance(value, str) else tuple(map(_text, value))
        for name, value in stored.items()
    }


def _resemblance(stored: Sequence[object]) -> Resemblance:
    employee_id, name, row = stored
    if type(row) is not int or row < 0:
        raise ValueError("this is no row")
    return Resemblance(_text(employee_id), _text(name), row)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("this is no text")
    return value


def count_lines(lines: Iterable[Line]) -> LineCounts:
    """Count the lines of each outcome."""
    counts = Counter(line.outcome for line in lines)
    return LineCounts(**{counter_of(outcome): number for outcome, number in counts.items()})


def add_emptied(
    emptied: Iterable[tuple[str, int]], lines: Iterable[Line]
) -> tuple[tuple[str, int], ...]:
    """Add to the number of values that empty cells clear, by field, those of these lines."""
    counts = Counter(dict(emptied))
    for line in lines:
        if line.outcome in (CHANGED, RESTORED):
            counts.update(
                name for name, value in line.new.items() if not value and name != "left_on"
            )
    return tuple(sorted(counts.items()))


def pack(lines: Iterable[str]) -> bytes:
    """Compress lines that are JSON already into the content of a part."""
    return zlib.compress(f"[{','.join(lines)}]".encode("utf-8", "surrogatepass"), 3)


def unpack(content: bytes) -> list[Line]:
    """Return the lines of a part from its content. Raises ValueError if it is damaged."""
    text = bounded_zlib.decompress(content, _MAX_UNPACKED_BYTES).decode("utf-8", "ignore")
    try:
        return [_line_from(packed) for packed in strict_json.parse(text)]
    except (TypeError, AttributeError) as error:
        raise ValueError("a line has values of other types") from error
