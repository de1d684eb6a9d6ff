"""The labels of the links from a list to the edit of everybody in it."""

from app.model.facets import FACET
from app.text.plurals import count_people
from app.web.ui.list_query import ListRequest


def edit_label(listing: ListRequest, count: int | None) -> str:
    """Return ``Edit these 14 people``; "" of a list that shows no one."""
    if count == 0:
        return ""
    if count is None:
        return "Edit these people"
    if listing.query.is_empty:
        return f"Edit all {count_people(count)}"
    return "Edit this person" if count == 1 else f"Edit these {count_people(count)}"


def rename_label(listing: ListRequest) -> str:
    """Return ``Rename department`` of a list of one value alone; "" of any other."""
    name = listing.query.only_text
    return f"Rename {FACET[name].label.lower()}" if name else ""
