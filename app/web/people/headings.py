"""The headings of the table, by which a list that is not too long can be sorted."""

from dataclasses import dataclass

from app.directory.sorting import COLUMNS, MAX_SORTED, Sort
from app.web.ui.list_query import ListRequest

_LABELS = {
    "name": "Name",
    "job_title": "Job title",
    "department": "Department",
    "location": "Location",
    "phone": "Phone",
    "email": "Email",
    "badges": "Badges",
}
_BY_NAME = Sort("name")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the table: its order for ``aria-sort``, the URL to sort by it; or ""."""

    label: str
    order: str
    address: str


def headings(
    listing: ListRequest, count: int | None, without: frozenset[str]
) -> tuple[Heading, ...]:
    """Return the headings of a list with this number of people; links if they can be sorted.

    They are ``without`` those of fields that the viewer does not see.
    """
    can_sort = count is not None and 0 < count <= MAX_SORTED
    return tuple(
        _heading(listing, column, can_sort=can_sort) for column in COLUMNS if column not in without
    )


def _heading(listing: ListRequest, column: str, *, can_sort: bool) -> Heading:
    current = _BY_NAME if is_in_order(listing) else listing.sort
    is_current = current is not None and current.column == column
    descending = is_current and current is not None and current.descending
    order = ("descending" if descending else "ascending") if is_current else ""
    address = ""
    if can_sort:
        address = listing.sorted_by(Sort(column, is_current and not descending)).address()
    return Heading(_LABELS[column], order, address)


def is_in_order(listing: ListRequest) -> bool:
    """Return whether the order asked for is by name, which every list without words has."""
    return listing.sort in (None, _BY_NAME) and not listing.query.search_words


def unsorted_note(sort: Sort, count: int | None) -> str:
    """Return why a list is not in the order that its URL asks for."""
    label = _LABELS[sort.column].lower()
    if count is not None and count <= MAX_SORTED:
        return f"This list could not be read as a whole, so it is not sorted by {label}."
    return (
        f"A list of up to {MAX_SORTED} people can be sorted by {label}. This one has more: narrow "
        "it down first."
    )
