"""Tell which values of a status or a last day are not understood: nobody leaves by a guess."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from app.imports.files.columns import Columns
from app.imports.files.headings import ACCOUNT_CONTROL, BLOCKED, ENABLED, END_DATE, STATUS
from app.imports.planning.dates import DayOrder, parse_date
from app.imports.planning.placeholders import is_placeholder
from app.imports.planning.status_words import is_known_answer, is_known_control, is_known_status
from app.text.plurals import count_of
from app.text.sanitizing import clean_line

_MAX_VALUES, _MAX_NAMED, _MAX_CHARACTERS = 200, 5, 40
_ORDERS = DayOrder(), DayOrder(day_first=True), DayOrder(month_first=True)


def _is_known_day(cell: str) -> bool:
    return any(parse_date(cell, order)[0] for order in _ORDERS)


_KNOWN: Mapping[str, Callable[[str], bool]] = {
    STATUS: is_known_status,
    ENABLED: is_known_answer,
    BLOCKED: is_known_answer,
    ACCOUNT_CONTROL: is_known_control,
    END_DATE: _is_known_day,
}


class StatusNotices:
    """Collects the values of one file that are not understood, at most _MAX_VALUES of a column."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._checks = [
            (position, name, is_known)
            for name, is_known in _KNOWN.items()
            for position in columns.positions.get(name, ())
        ]
        self._unknown: dict[int, Counter[str]] = {check[0]: Counter() for check in self._checks}
        self._known: dict[int, set[str]] = {check[0]: set() for check in self._checks}

    def read(self, cells: Sequence[str]) -> None:
        """Note the cells of a row."""
        for position, name, is_known in self._checks:
            cell = cells[position] if position < len(cells) else ""
            if not cell or cell in self._known[position]:
                continue
            if cell.isspace() or is_placeholder(name, cell) or is_known(cell.strip()):
                if len(self._known[position]) < _MAX_VALUES:
                    self._known[position].add(cell)
                continue
            unknown, text = self._unknown[position], clean_line(cell)[:_MAX_CHARACTERS]
            if text in unknown or len(unknown) < _MAX_VALUES:
                unknown[text] += 1

    def sentences(self) -> Iterator[str]:
        """Yield a sentence about each column that has such values."""
        for position, unknown in self._unknown.items():
            if not unknown:
                continue
            named = [f"“{text}” ({count})" for text, count in unknown.most_common(_MAX_NAMED)]
            if (more := len(unknown) - len(named)) > 0:
                named.append(f"{more} more")
            rows = count_of(sum(unknown.values()), "row", "rows")
            yield (
                f"{self._columns.heading_at(position)} has values that are not understood, in "
                f"{rows}: {', '.join(named)}. Nobody is marked as left by them."
            )
