"""What becomes of each line of a file, and how many lines at once are kept: a part."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.contracts.import_jobs import LineCounts, counter_of
from app.model.employee import Employee

ADDED, CHANGED, UNCHANGED, REJECTED = "added", "changed", "same", "refused"
OUTCOMES = (REJECTED, CHANGED, ADDED, UNCHANGED)
UNDONE, SKIPPED = "undone", "kept"
UNDO_OUTCOMES = (SKIPPED, UNDONE)
_SHOWN_CHARACTERS = 80

# The value of a field: a text, or the keys of badges.
Value = str | tuple[str, ...]
Values = Mapping[str, Value]


class Problem(NamedTuple):
    """Why a line is refused: the column as the file names it, what to do, what stands there."""

    column: str
    reason: str
    typed: str = ""

    @property
    def words(self) -> str:
        """The column, and what to do."""
        return ": ".join(filter(None, (self.column, self.reason)))


def problem_at(column: str, reason: str, typed: str = "") -> Problem:
    """A problem, with what stands in the cell cut to what a page shows."""
    return Problem(column, reason, typed[:_SHOWN_CHARACTERS])


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file: whom it means, and what becomes of them.

    ``new`` holds the fields that an import writes, ``old`` what they hold before; ``revision`` is
    that of the person when they were compared. ``reborn`` tells that a newcomer may have another
    id where who had this one was deleted.
    """

    number: int
    outcome: str
    id: str = ""
    name: str = ""
    revision: str = ""
    new: Values = field(default_factory=dict)
    old: Values = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    reborn: bool = False

    def refused(self, reason: str) -> Line:
        """The same line, refused after all."""
        return Line(self.number, REJECTED, self.id, self.name, problems=(Problem("", reason),))

    @property
    def newcomer(self) -> Employee:
        """The person whom an added line describes."""
        fields: dict[str, Any] = {"full_name": "", **self.new}
        return Employee(id=self.id, **fields)

    def as_text(self) -> str:
        """The line as JSON, without what is empty at its end."""
        packed = [self.number, self.outcome, self.id, self.name, self.revision,
                  self.new, self.old, self.problems, self.reborn]  # fmt: skip
        while not packed[-1]:
            packed.pop()
        return json.dumps(packed, ensure_ascii=False, separators=(",", ":"))


_EMPTY: tuple[Any, ...] = (0, "", "", "", "", {}, {}, (), False)


def _unpacked(packed: list[Any]) -> Line:
    number, outcome, who, name, revision, *more = (*packed, *_EMPTY[len(packed) :])
    new, old, problems, reborn = more
    told = tuple(Problem(*each) for each in problems)
    return Line(number, outcome, who, name, revision, _values(new), _values(old), told, reborn)


def _values(found: Mapping[str, Any]) -> Values:
    return {name: v if isinstance(v, str) else tuple(v) for name, v in found.items()}


def count_lines(lines: Iterable[Line]) -> LineCounts:
    """How many lines of each outcome there are."""
    found = Counter(line.outcome for line in lines)
    return LineCounts(**{counter_of(outcome): number for outcome, number in found.items()})


def pack(lines: Iterable[str]) -> bytes:
    """The lines of a part, each as JSON already, compressed."""
    return zlib.compress(f"[{','.join(lines)}]".encode("utf-8", "surrogatepass"), 3)


def unpack(content: bytes) -> list[Line]:
    """The lines of a part."""
    text = zlib.decompress(content).decode("utf-8", "surrogatepass")
    return [_unpacked(packed) for packed in json.loads(text)]
