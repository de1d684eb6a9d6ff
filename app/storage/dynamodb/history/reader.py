"""Changes of one person, as they are read."""

from collections.abc import Iterable, Iterator
from itertools import islice

from app.contracts.history import ChangePage
from app.history.changes import Change
from app.history.folding import Recorded, recorded
from app.storage.dynamodb.client.attributes import string_of
from app.storage.dynamodb.client.calls import Calls, Item
from app.storage.dynamodb.client.pagination import query_range
from app.storage.dynamodb.history.authors import NOBODY, AuthorNames
from app.storage.dynamodb.history.items import change_from, change_view

# So many changes are read to learn what a content was: more than there are between two with a base.
_MAX_FOLDED = 45
_FOLDED_PAGE = 8


class ChangeReader:
    """The reader of the changes of single people."""

    def __init__(self, calls: Calls, index: str, names: AuthorNames) -> None:
        self._calls = calls
        self._index = index
        self._names = names

    def page(self, employee_id: str, before: str, limit: int) -> ChangePage:
        """Return changes before this moment, or the newest, by one Query."""
        items = self._items(employee_id, before=before, backwards=True, count=limit + 1)
        shown = items[:limit]
        older = shown[-1]["at"]["S"] if len(items) > limit else None
        return ChangePage(self.decoded(shown), older)

    def find(self, employee_id: str, moment: str) -> Change | None:
        """Return the change of this moment."""
        key = {"view": {"S": change_view(employee_id)}, "at": {"S": moment}}
        request = {"TableName": self._index, "Key": key, "ConsistentRead": True}
        item = self._calls.read("GetItem", self._index, request).get("Item")
        return next(iter(self.decoded([item])), None) if item else None

    def after(self, employee_id: str, moment: str, limit: int) -> tuple[Change, ...]:
        """Return at most so many changes after this moment, oldest first."""
        return self.decoded(self._items(employee_id, after=moment, count=limit))

    def recorded(self, employee_id: str) -> Recorded:
        """Return the content of a person as their changes tell it."""
        return recorded(self.newest(employee_id))

    def newest(self, employee_id: str) -> Iterator[Change]:
        """Yield the newest changes, without the names of their authors, as lazily as it goes."""
        view = change_view(employee_id)
        rows = query_range(self._calls, self._index, view, backwards=True, page_size=_FOLDED_PAGE)
        changes = (change_from(item, lambda _: NOBODY) for item in islice(rows, _MAX_FOLDED))
        return (change for change in changes if change is not None)

    def decoded(self, items: Iterable[Item]) -> tuple[Change, ...]:
        """Return the changes in these items, with the names of their authors."""
        items = list(items)
        authors = self._names.with_references(string_of(item, "by") for item in items)
        changes = (change_from(item, lambda one: authors.get(one, NOBODY)) for item in items)
        return tuple(change for change in changes if change is not None)

    def _items(
        self,
        employee_id: str,
        *,
        count: int,
        after: str = "",
        before: str = "",
        backwards: bool = False,
    ) -> list[Item]:
        view = change_view(employee_id)
        rows = query_range(
            self._calls,
            self._index,
            view,
            after=after,
            before=before,
            backwards=backwards,
            page_size=count,
        )
        return list(islice(rows, count))
