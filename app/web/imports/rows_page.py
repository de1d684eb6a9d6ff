"""The rows of an import that its page shows: one outcome, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from app.contracts.import_jobs import Job, Phase
from app.contracts.line_counts import LineCounts
from app.imports.actions import may_read_again
from app.imports.importer import Importer
from app.imports.planning.line_store import outcomes_of
from app.imports.planning.lines import (
    ABSENT,
    ADDED,
    CHANGED,
    DUPLICATE,
    INACTIVE,
    LEFT,
    REJECTED,
    RESTORED,
    SKIPPED,
    Line,
)
from app.text.digits import small_number
from app.web.forms.manager_names import managers_in, with_name
from app.web.imports.outcomes import Tab, outcome_tabs
from app.web.imports.row_details import RowView, row_view

ROWS_PER_PAGE = 50
_MAX_ROW_DIGITS = 8
_OF_ANOTHER_ROW = "somebody of another row"
_LAST_HEADINGS = {
    REJECTED: "What to do",
    SKIPPED: "Why",
    CHANGED: "What changes",
    DUPLICATE: "Who it may be",
    INACTIVE: "Why",
    LEFT: "What changes",
    RESTORED: "What changes",
}


class RowsPage(NamedTuple):
    """The rows of one outcome from ``start`` to ``end``, and the links to the others.

    ``may_choose`` says whether each of them can be chosen to be added.
    """

    outcome: str
    start: int
    total: int
    tabs: list[Tab]
    rows: list[RowView]
    earlier: str
    later: str
    may_choose: bool

    @property
    def end(self) -> int:
        """The number of the last row that is shown."""
        return self.start + len(self.rows)

    @property
    def last_heading(self) -> str:
        """The heading of the column that differs."""
        return _LAST_HEADINGS.get(self.outcome, "Fields")


def rows_page(
    importer: Importer, job: Job, counts: LineCounts, args: Mapping[str, str]
) -> RowsPage:
    """Return the page of rows that an address asks for; the first outcome that has rows if none."""
    outcomes = (*outcomes_of(job), *([ABSENT] if job.choices.is_complete else []))
    requested = args.get("show", "")
    first = next((each for each in outcomes if counts.of(each)), outcomes[0])
    outcome = requested if requested in outcomes else first
    start, total = _start(args), counts.of(outcome)
    if outcome == ABSENT:
        lines = importer.absent(job, start, ROWS_PER_PAGE)
    else:
        lines = importer.lines(job, outcome, start, ROWS_PER_PAGE)
    return RowsPage(
        outcome,
        start,
        total,
        outcome_tabs(job, counts, outcomes),
        _views(lines, job),
        earlier=_address(job, outcome, max(start - ROWS_PER_PAGE, 0)) if start else "",
        later=_address(job, outcome, start + ROWS_PER_PAGE) if start + len(lines) < total else "",
        may_choose=outcome == DUPLICATE and may_read_again(job) and job.phase is Phase.READY,
    )


def _views(lines: Sequence[Line], job: Job) -> list[RowView]:
    """Return the rows, with names of managers instead of their ids."""
    values = [values for line in lines for values in (line.new, line.old) if "manager" in values]
    if not values:
        return [row_view(line, job) for line in lines]
    names = {line.id: line.name for line in lines if line.outcome == ADDED} | managers_in(values)
    return [row_view(_named(line, names, job), job) for line in lines]


def _named(line: Line, names: Mapping[str, str], job: Job) -> Line:
    """Return a line with the names of managers; who is not here is added by another row."""
    new = with_name(line.new, names)
    if new.get("manager") and line.new["manager"] not in names and not job.edit.is_set:
        new = {**new, "manager": _OF_ANOTHER_ROW}
    return replace(line, new=new, old=with_name(line.old, names))


def adds_duplicates(job: Job) -> bool:
    """Return whether possible duplicates were chosen to be added."""
    return bool(job.choices.add_duplicates or job.choices.added_rows)


def _start(args: Mapping[str, str]) -> int:
    return small_number(args.get("from", ""), _MAX_ROW_DIGITS)


def _address(job: Job, outcome: str, start: int) -> str:
    return f"/import/{job.id}?show={outcome}&from={start}"
