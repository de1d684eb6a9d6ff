"""The list of everyone below somebody, ready for its template, and its counts in words."""

from markupsafe import Markup

from app.contracts import Query
from app.contracts.queries import FILTERS
from app.directory.people_below import MAX_COUNTED_BELOW, BelowPage
from app.exports.formats import FORMATS
from app.text.plurals import count_people
from app.web.current import current_below, current_directory, current_lines, current_viewer
from app.web.people.headings import headings
from app.web.people.list_view import Chip, ListView, WalkView, as_view, chips_of
from app.web.people.reporting import shown_name
from app.web.ui.display_names import display_name
from app.web.ui.html.cards import ReportsTo, grid, rows
from app.web.ui.html.menus import MenuCache
from app.web.ui.html.tabs import tabs
from app.web.ui.list_query import CARDS, TABLE, UNDER, ListRequest

# Of so many, as a job counted them up to a day ago, none is counted once more.
_SURELY_OVER = 2 * MAX_COUNTED_BELOW


def below_view(
    listing: ListRequest, sprite: str, cache: MenuCache, without: frozenset[str]
) -> ListView:
    """Return one page of everyone below ``listing.under``, as the current viewer sees them."""
    viewer, directory, query = current_viewer(), current_directory(), listing.query
    page = current_below().page(viewer, listing.under, query, listing.cursor)
    everyone, top = directory.facets(viewer), shown_name(listing.under)
    expected = _expected(listing.under) if page.next else 0
    return ListView(
        listing=listing,
        people=_people(page, listing, top, sprite, without),
        menus=cache.menus(listing, everyone, dict.fromkeys(FILTERS), sprite),
        tabs=tabs(listing, everyone, numbered=False),
        chips=(_chip(listing, top), *chips_of(listing, _manager(listing))),
        count=below_sentence(page, listing, top, is_over=expected >= _SURELY_OVER),
        show_people="Show people",
        position=_position(page, listing),
        next=listing.address(page.next) if page.next else "",
        previous=listing.address() if listing.cursor else "",
        suggestions=None,
        no_matches=not page.people,
        rows_examined=None,
        cards_address=as_view(listing, CARDS),
        table_address=as_view(listing, TABLE),
        clear_address=ListRequest(Query(), listing.view).address(),
        exports=tuple((kind.label, listing.export_address(end)) for end, kind in FORMATS.items()),
        edit="",
        edit_in_row="",
        notes=(*filter(None, (cut_note(page),)), *listing.notes),
        headings=headings(listing, None, without) if listing.view == TABLE else (),
        previous_label="First page",
        next_label="Go on" if page.is_early else "Next",
        walk=_walk(listing, page, top, expected),
    )


def below_sentence(
    page: BelowPage, listing: ListRequest, top: str, *, is_over: bool = False
) -> str:
    """Return how many stand below somebody, or how many were looked through so far.

    ``is_over`` says that they are more than are counted, whatever this page looked through.
    """
    is_narrowed = bool(listing.query.search_words or listing.has_filters)
    found = count_people(page.found) if page.found else "No one"
    verb = "match" if page.found > 1 else "matches"
    if page.is_over or is_over:
        over = f"Over {MAX_COUNTED_BELOW:,} people below {top}"
        so_far = f"{found} {verb}{' so far' if page.next else ''}"
        return f"{over}: {so_far}" if is_narrowed else over
    looked = count_people(page.looked) if page.looked else "No one"
    if page.is_cut:
        looked = f"Over {looked}"
    if not page.next:
        below = f"{looked} below {top}"
        return f"{found} {verb}, of {_lower(below)}" if is_narrowed and page.looked else below
    if is_narrowed:
        return f"{found} {verb} so far: looked through {_lower(looked)} below {top}"
    return f"Looked through {_lower(looked)} below {top} so far"


def cut_note(page: BelowPage) -> str:
    """Return what a list lacks where a line goes on below the deepest level."""
    if not page.is_cut:
        return ""
    return (
        "A reporting line goes on further down than this list. Open who is last in it, and then "
        "everyone below them."
    )


def _lower(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}"


def _people(
    page: BelowPage, listing: ListRequest, top: str, sprite: str, without: frozenset[str]
) -> Markup:
    cards = [each.card for each in page.people]
    lines = {each.card.id: (_reports_to(each.manager, page, top),) for each in page.people}
    if listing.view == TABLE:
        return rows(cards, sprite, reasons=lines, without=without)
    return grid(cards, sprite, reasons=lines)


def _reports_to(manager: str, page: BelowPage, top: str) -> ReportsTo:
    name = page.managers.get(manager)
    return ReportsTo(top if name is None else display_name(name, manager))


def _chip(listing: ListRequest, top: str) -> Chip:
    return Chip(f"Below {top}", "", listing.address_with(UNDER))


def _manager(listing: ListRequest) -> str:
    return "".join(map(shown_name, listing.query.values_of("manager")))


def _position(page: BelowPage, listing: ListRequest) -> str:
    if page.found < 2 or page.is_early or not page.people:
        return ""
    if not listing.cursor and not page.next:
        return "In the order of the chart"
    first = page.before + 1
    numbers = f"{first:,}–{page.found:,}" if page.found > first else f"{first:,}"
    return f"{numbers} in the order of the chart"


def _expected(top: str) -> int:
    """Return how many a job has counted below somebody; 0 if it has not."""
    count = current_lines().count(current_viewer(), (top,)).get(top)
    return (count.below or 0) if count else 0


def _walk(listing: ListRequest, page: BelowPage, top: str, expected: int) -> WalkView:
    is_over = page.is_over or expected >= _SURELY_OVER
    goes_on = page.next and (page.is_early or not is_over)
    address = listing.count_address(page.next) if goes_on else ""
    return WalkView(top, address, page.is_early, page.looked, page.found, expected)
