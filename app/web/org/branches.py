"""Branches that are open: who reports to those who report to somebody, on one sheet."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from app.contracts.queries import MAX_BATCH, PAGE_SIZE
from app.contracts.reports import ReportCount
from app.model.employee import Card
from app.web.current import current_lines, current_viewer
from app.web.ui.report_counts import direct_in_words, more_below
from app.web.ui.urls import branch_key

# So many people are on one sheet; who has more below them is told of.
MAX_ON_SHEET = 200
# So many branches an address keeps open.
MAX_OPEN = PAGE_SIZE


class Opening(NamedTuple):
    """Which branches are open: all of the first level, or those with these keys, on any level."""

    is_all: bool = False
    keys: tuple[str, ...] = ()

    def pairs(self) -> list[tuple[str, str]]:
        """Return these as parts of an address."""
        return [("depth", "2")] if self.is_all else [("open", key) for key in self.keys]


class Report(NamedTuple):
    """Somebody who reports to the person, with the words for how many report to them.

    ``in_all`` are those for how many stand below, if these are more.
    ``below`` are those, if the branch is open; ``is_cut`` tells that there are more of them.
    """

    card: Card
    reports: str
    in_all: str = ""
    below: tuple["Report", ...] = ()
    is_cut: bool = False


def closed(cards: tuple[Card, ...], counts: Mapping[str, ReportCount]) -> tuple[Report, ...]:
    """Return a page of reports with every branch closed."""
    return tuple(
        Report(card, direct_in_words(count, "report"), more_below(count))
        for card, count in ((card, counts.get(card.id)) for card in cards)
    )


def everybody(reports: tuple[Report, ...]) -> Iterator[Report]:
    """Yield these and all who are shown below them, in the order of the page."""
    for report in reports:
        yield report
        yield from everybody(report.below)


def opened(reports: tuple[Report, ...], opening: Opening) -> tuple[Report, ...]:
    """Open branches of a page of reports, until MAX_ON_SHEET people are on the sheet.

    It asks once for each branch: PAGE_SIZE of all, or MAX_OPEN keys.
    """
    return _opened(reports, opening, MAX_ON_SHEET - len(reports))


def _opened(reports: tuple[Report, ...], opening: Opening, left: int) -> tuple[Report, ...]:
    found = list(_read(reports, opening, left))
    cards = [card for _, below, _ in found for card in below]
    if not cards:
        return tuple(report._replace(is_cut=is_cut) for report, _, is_cut in found)
    counts: dict[str, ReportCount] = {}
    for start in range(0, len(cards), MAX_BATCH):
        some = [card.id for card in cards[start : start + MAX_BATCH]]
        counts |= current_lines().count(current_viewer(), some)
    below = closed(tuple(cards), counts)
    # A key opens one level only: a line that goes round in a circle ends here.
    keys = set(opening.keys) - {branch_key(report.card.id) for report in reports}
    if keys:
        below = _opened(below, Opening(keys=tuple(keys)), left - len(below))
    rest = iter(below)
    return tuple(
        report._replace(below=tuple(next(rest) for _ in some), is_cut=is_cut)
        for report, some, is_cut in found
    )


def _read(
    reports: tuple[Report, ...], opening: Opening, left: int
) -> Iterator[tuple[Report, tuple[Card, ...], bool]]:
    for report in reports:
        is_asked = opening.is_all or branch_key(report.card.id) in opening.keys
        if not report.reports or not is_asked or left <= 0:
            yield report, (), bool(report.reports) and is_asked
            continue
        page = current_lines().reports(current_viewer(), report.card.id, limit=min(left, PAGE_SIZE))
        left -= len(page.cards)
        yield report, page.cards, page.next is not None
