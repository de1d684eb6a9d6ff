"""Find the row of the headings below titles and cover text, and the best sheet of a workbook."""

from collections.abc import Iterable, Sequence

from app.imports.files.columns import field_of
from app.imports.files.headings import FIRST_NAME, LAST_NAME
from app.imports.files.rows import Row
from app.text.folding import fold

# Filled rows that are searched, and their cells in all sheets together.
MAX_ROWS = 60
MAX_CELLS = 60_000
IDENTIFYING_FIELDS = frozenset(
    {"id", "employee_number", "email", "full_name", FIRST_NAME, LAST_NAME}
)
_NAMES = frozenset({"full_name", FIRST_NAME, LAST_NAME})
# What everyone has; headings that name all of these are those of the people.
_NEEDED = frozenset({"job_title", "location"})
# Of the cells of the fullest row; cover text has fewer.
_MIN_FILLED_PERCENT = 60
# Labels in other words may follow the headings of programs.
_MIN_LABELS = 3


class HeadingSearch:
    """Searches the sheets of a file in turn, at a limited cost for all of them."""

    def __init__(self) -> None:
        self._cells_left = MAX_CELLS

    def find(self, rows: Iterable[Row]) -> Row | None:
        """Return the headings among the first of these filled rows, None if there are no rows.

        They are the first row that names all that everyone has, or else the most fields. Where no
        row names two fields, they are the first that is about as full as the others.
        """
        candidates: list[Row] = []
        best, most = None, 1
        for row in rows:
            self._cells_left -= len(row.cells)
            if candidates and self._cells_left < 0:
                break
            candidates.append(row)
            known = fields_of(row)
            if len(known) > most:
                best, most = row, len(known)
            if _is_complete(known) or len(candidates) == MAX_ROWS:
                break
        return best or _first_full_row(candidates)


def fields_of(heading: Row) -> frozenset[str]:
    """Return the fields that the cells of a row name."""
    return frozenset(map(field_of, heading.cells)) - {""}


def identifies_people(heading: Row) -> bool:
    """Return whether a cell names a field that tells one person from another."""
    return not IDENTIFYING_FIELDS.isdisjoint(fields_of(heading))


def best_headings(headings: Sequence[Row]) -> Row:
    """Return the headings of the sheet with the people: a list of contacts may stand before it."""
    of_people = [heading for heading in headings if identifies_people(heading)]
    complete = (heading for heading in of_people if _is_complete(fields_of(heading)))
    fullest = max(of_people, key=lambda heading: len(fields_of(heading)), default=headings[0])
    return next(complete, fullest)


def normalized(heading: Row) -> list[str]:
    """Return the field of each heading, or its folded text if it names none."""
    names = [field_of(cell) or fold(cell).strip() for cell in heading.cells]
    while names and not names[-1]:
        names.pop()
    return names


def repeats(row: Row, heading: Row, is_next: bool) -> bool:
    """Return whether a row has the headings again, as reports print them on each page.

    The row right below the headings (``is_next``) may have labels in other words.
    """
    if row.cells[:1] == heading.cells[:1] != ("",):
        width = min(len(row.cells), len(heading.cells))
        rest = (*row.cells[width:], *heading.cells[width:])
        if row.cells[:width] == heading.cells[:width] and not any(map(str.strip, rest)):
            return True
    if not is_next:
        return False
    pairs = zip(map(field_of, row.cells), map(field_of, heading.cells), strict=False)
    same = sum(bool(label) and label == field for label, field in pairs)
    return same >= _MIN_LABELS


def _is_complete(fields: frozenset[str]) -> bool:
    return fields >= _NEEDED and not _NAMES.isdisjoint(fields)


def _first_full_row(rows: Sequence[Row]) -> Row | None:
    if rows and rows[0].problem:
        return rows[0]
    filled = [sum(bool(cell.strip()) for cell in row.cells) for row in rows]
    least = max(filled, default=0) * _MIN_FILLED_PERCENT
    return next(
        (row for row, count in zip(rows, filled, strict=True) if count * 100 >= least), None
    )
