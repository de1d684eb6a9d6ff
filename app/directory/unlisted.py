"""Records that no list shows: an empty list says how many there are."""

from app.access.rights import Right, require
from app.access.viewer import Viewer
from app.contracts import Query, RecordCount
from app.directory.list_pages import ListPage
from app.directory.service import Directory


def lists_nobody(directory: Directory, viewer: Viewer, query: Query, shown: ListPage) -> bool:
    """Return whether lists show nobody; for a search, only where records are not listed."""
    page = shown.page
    if page.cards or page.next is not None or page.previous is not None:
        return False
    if query.is_empty:
        return True
    return not shown.everyone.total and count_unlisted(directory, viewer).number > 0


def count_unlisted(directory: Directory, viewer: Viewer) -> RecordCount:
    """Count the records that no list shows, where lists show nobody; see count_records.

    Those who have left are not among them.
    """
    require(viewer, Right.SEE_PEOPLE)
    records = directory.employees.count_records()
    if records.number and directory.employees.browse(Query(), limit=1).cards:
        return RecordCount(0)  # somebody was added meanwhile
    left = directory.facets(viewer).left if records.number else 0
    return records._replace(number=max(records.number - left, 0))
