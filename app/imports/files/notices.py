"""What a user should know of a file beside its rows, in sentences that say what to do."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from app.contracts.import_jobs import Job
from app.imports.files.rows import Row, row_label
from app.text.sanitizing import clean_line

_MAX_NAMED = 5
_MAX_CHARACTERS = 60


class Notices:
    """Collects what is noticed while the rows of a table are read, from the first to the last."""

    def __init__(self) -> None:
        self._hidden: list[int] = []
        self._hidden_count = 0
        self._left_out: list[tuple[int, str]] = []
        self._left_out_count = 0
        self._without_result: set[int] = set()

    def read(self, row: Row) -> None:
        """Note a row that is read."""
        if row.is_hidden:
            self._hidden_count += 1
            if len(self._hidden) < _MAX_NAMED:
                self._hidden.append(row.number)
        if row.errors:
            self._without_result.update(each for each in row.errors if not row.cells[each])

    def left_out(self, row: Row) -> None:
        """Note a row that is not read, because it is about nobody."""
        self._left_out_count += 1
        if len(self._left_out) < _MAX_NAMED:
            text = clean_line(next((cell for cell in row.cells if cell.strip()), ""))
            self._left_out.append((row.number, text[:_MAX_CHARACTERS]))

    def sentences(
        self, sheets: Sequence[str], headings: Mapping[int, str], hidden_columns: AbstractSet[int]
    ) -> tuple[str, ...]:
        """Return the notices, given the sheets, and the headings of the columns that are read."""
        notices = []
        if self._hidden_count:
            numbers = [row_label(each, sheets) for each in self._hidden]
            notices.append(
                f"Hidden in the workbook, but read: {_noun('row', self._hidden_count)} "
                f"{_listed(numbers, self._hidden_count)}. "
                "To leave them out, delete them from the workbook and import it again."
            )
        if hidden_columns := hidden_columns & headings.keys():
            notices.append(
                f"Hidden in the workbook, but read: {_noun('column', len(hidden_columns))} "
                f"{_headings(headings, hidden_columns)}. Ignore those that you do not want."
            )
        if without_result := self._without_result & headings.keys():
            notices.append(
                f"The file has formulas in {_headings(headings, without_result)}, and not "
                "their results. Open it in a spreadsheet program, save it, and import it again."
            )
        if self._left_out_count:
            rows = [f"{row_label(each, sheets)} (“{text}”)" for each, text in self._left_out]
            notices.append(
                f"Left out, because nobody is in it: {_noun('row', self._left_out_count)} "
                f"{_listed(rows, self._left_out_count)}."
            )
        return tuple(notices)


def hidden_sheets_notice(sheets: Sequence[str]) -> tuple[str, ...]:
    """Return a sentence about hidden sheets, if there are any."""
    if not sheets:
        return ()
    which = f"{_noun('sheet', len(sheets))} {_listed(sheets, len(sheets))}"
    told = f"Hidden in the workbook, and not read: {which}. "
    return (f"{told}To read what is hidden, show it and import the file again.",)


def _noun(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"


def _headings(headings: Mapping[int, str], positions: AbstractSet[int]) -> str:
    names = [headings[position] or "without a heading" for position in sorted(positions)]
    return _listed(names, len(names))


def _listed(names: Sequence[str], count: int) -> str:
    """Return names in a row, and how many more there are."""
    shown = list(names[:_MAX_NAMED])
    if count > len(shown):
        return f"{', '.join(shown)} and {count - len(shown):,} more"
    return " and ".join(filter(None, (", ".join(shown[:-1]), *shown[-1:])))


def ignored_sheets_note(job: Job) -> str:
    """Return two sentences about the sheets of a job that were not read; "" if all were."""
    if not job.ignored_sheets:
        return ""
    which, first = ", ".join(job.ignored_sheets), job.sheets[0]
    if len(job.ignored_sheets) == 1:
        return (
            f"The sheet {which} was ignored, because its headings differ from those of "
            f"{first}. If it has people, give it the same headings and import the file again."
        )
    return (
        f"These sheets were ignored, because their headings differ from those of {first}: "
        f"{which}. If they have people, give them the same headings and import the file again."
    )
