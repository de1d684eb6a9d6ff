"""Branches that are open: who reports to those who report to somebody, on one sheet."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from app.contracts.queries import MAX_BATCH, PAGE_SIZE
from app.contracts.reports import ReportCount
from app.model.employee import Card
from app.web.current import current_lines, current_viewer
from app.web.ui.report_counts import direct_in_words, more_below

# So many people are on one sheet; who has more below them is told of.
MAX_ON_SHEET = 200


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


def opened(reports: tuple[Report, ...]) -> tuple[Report, ...]:
    """Open the branches of a page of reports, until MAX_ON_SHEET people are on the sheet.

    It asks once for each who has reports, which a page limits to PAGE_SIZE.
    """
    found = list(_read(reports))
    ids = [card.id for _, cards, _ in found for card in cards]
    counts: dict[str, ReportCount] = {}
    for start in range(0, len(ids), MAX_BATCH):
        some = ids[start : start + MAX_BATCH]
        counts |= current_lines().count(current_viewer(), some)
    return tuple(
        report._replace(below=closed(cards, counts), is_cut=is_cut)
        for report, cards, is_cut in found
    )


def _read(reports: tuple[Report, ...]) -> Iterator[tuple[Report, tuple[Card, ...], bool]]:
    left = MAX_ON_SHEET - len(reports)
    for report in reports:
        if not report.reports or left <= 0:
            yield report, (), bool(report.reports)
            continue
        page = current_lines().reports(current_viewer(), report.card.id, limit=min(left, PAGE_SIZE))
        left -= len(page.cards)
        yield report, page.cards, page.next is not None
