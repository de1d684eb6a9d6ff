"""Parse the URL of a list, and build the URLs of neighbouring lists."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from app.contracts import Query
from app.contracts.queries import CONDITIONS, MANAGER, TEXT_FILTERS, max_values
from app.directory.sorting import COLUMNS, Sort
from app.model.facets import FACET
from app.text.digits import small_number
from app.text.folding import LINE_CHARACTERS, one_line
from app.text.sanitizing import clean_line
from app.text.search_keys import facet_key

CARDS = "cards"
TABLE = "table"
UNDER = "under"
# Of the number of a page in an address.
MAX_PAGE_DIGITS = 6
_DESCENDING = "desc"


@dataclass(frozen=True, slots=True)
class ListRequest:
    """The list that a URL asks for. ``page`` counts from 1; 0 is unknown.

    ``sort`` is the order of its table and of its exports; a list that is sorted has no cursors.
    ``under`` is the id of somebody whose list is of everyone below them; it is in the order of the
    chart. ``notes`` are sentences about values of the URL that are not used.
    """

    query: Query
    view: str = CARDS
    cursor: str | None = None
    page: int = 1
    notes: tuple[str, ...] = ()
    sort: Sort | None = None
    under: str = ""

    @property
    def has_filters(self) -> bool:
        """Return whether the list has a filter; words are none."""
        return bool(self.query.filters)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Return the parameters without words and cursor."""
        pairs = self._conditions
        if self.view == TABLE:
            pairs += [("view", TABLE), *self._sort_pairs]
        return pairs

    @property
    def _conditions(self) -> list[tuple[str, str]]:
        return [*self.query.filters, *([(UNDER, self.under)] if self.under else [])]

    @property
    def _sort_pairs(self) -> list[tuple[str, str]]:
        if self.sort is None:
            return []
        pairs = [("sort", self.sort.column)]
        return [*pairs, ("dir", _DESCENDING)] if self.sort.descending else pairs

    @property
    def kept_by_search(self) -> list[tuple[str, str]]:
        """Return the parameters that a new search keeps: all but the letter."""
        return [pair for pair in self.pairs if pair[0] != "letter"]

    def address(self, cursor: str | None = None, page: int = 0) -> str:
        """Return the URL of this list, or of the page that a cursor begins."""
        position = [("page", str(page) if page > 1 else "")]
        if not self.sort:
            position.append(("cursor", cursor or ""))
        return _address([("q", self.query.words), *self.pairs, *position])

    def export_address(self, ending: str) -> str:
        """Return the URL of an export of this list."""
        pairs = [("q", self.query.words), *self._conditions, *self._sort_pairs]
        return f"/export.{ending}{_address(pairs)[1:]}"

    def count_address(self, cursor: str) -> str:
        """Return the URL that counts on from the cursor of a list of everyone below somebody."""
        pairs = [("q", self.query.words), *self._conditions, ("cursor", cursor)]
        return f"/count-below{_address(pairs)[1:]}"

    @property
    def edit_address(self) -> str:
        """Return the URL of the edit of everybody in this list."""
        return f"/bulk-edit{_address([('q', self.query.words), *self.query.filters])[1:]}"

    def sorted_by(self, sort: Sort | None) -> "ListRequest":
        """Return the first page of the list in another order."""
        return replace(self, sort=sort, cursor=None, page=1)

    def pairs_with(self, name: str, *values: str) -> list[tuple[str, str]]:
        """Return ``pairs`` with other values of one of them, or with none."""
        pairs = [pair for pair in self.pairs if pair[0] != name]
        pairs += [(name, value) for value in values if value]
        return sorted(pairs, key=lambda pair: _ORDER[pair[0]])

    def address_with(self, name: str, *values: str) -> str:
        """Return the URL of the first page of the list with other values of one parameter."""
        words = "".join(values) if name == "q" else self.query.words
        return _address([("q", words), *self.pairs_with(name, *(values if name != "q" else ()))])

    def address_without(self, name: str, value: str) -> str:
        """Return the URL of the first page of the list without one value of a filter."""
        others = (other for other in self.query.values_of(name) if other != value)
        return self.address_with(name, *others)


_NAMES = ("q", *CONDITIONS, UNDER, "view", "sort", "dir")
_ORDER = {name: place for place, name in enumerate(_NAMES)}


def read_request(args: MultiDict[str, str]) -> ListRequest:
    """Parse the parameters of a list; invalid ones are cleaned, never rejected."""
    given = args.to_dict(flat=False)  # a look-up of what is missing in ``args`` is slow
    conditions: dict[str, Any] = {}
    notes = []
    for name in filter(given.__contains__, CONDITIONS):
        # An id is no text that people type: it is taken as it is.
        values = _distinct(name, map(_id if name == MANAGER else _clean, given[name]))
        if len(values) > (limit := max_values(name)):
            notes.append(_too_many(name, limit))
        conditions[name] = tuple(values[:limit])
    query = Query(_clean(_first(given, "q")), **conditions)
    if query.words and not query.search_words:
        query = query.with_words(())  # punctuation alone is no search
    page = given.get("page", ["1"])[0]
    under = _id(_first(given, UNDER))
    if len(set(given.get(UNDER, ()))) > 1:
        notes.append("A list is of everyone below one person, so only the first one is used.")
    sort = None if under else _sort_in(given)
    cursor = None if sort else _first(given, "cursor") or None
    return ListRequest(
        query=query,
        view=TABLE if _first(given, "view") == TABLE else CARDS,
        cursor=cursor,
        page=small_number(page, MAX_PAGE_DIGITS) if cursor or sort else 1,
        notes=tuple(notes),
        sort=sort,
        under=under,
    )


def _first(given: Mapping[str, list[str]], name: str) -> str:
    """Return the first value of a parameter; "" if it is missing."""
    values = given.get(name)
    return values[0] if values else ""


def _sort_in(given: Mapping[str, list[str]]) -> Sort | None:
    column = _first(given, "sort")
    return Sort(column, _first(given, "dir") == _DESCENDING) if column in COLUMNS else None


def _id(text: str) -> str:
    """Return an id as it is, but for what no page can hold."""
    return text.replace("\0", "\ufffd")


def _clean(text: str) -> str:
    return one_line(clean_line(text[: 10 * LINE_CHARACTERS]))


def _distinct(name: str, values: Iterable[str]) -> list[str]:
    """Return the values that differ, in order, without empty ones."""
    if name == "letter":
        values = (value.lower() for value in values)
    by_key: dict[str, str] = {}
    for value in filter(None, values):
        by_key.setdefault(facet_key(value) if name in TEXT_FILTERS else value, value)
    return list(by_key.values())


def _too_many(name: str, limit: int) -> str:
    if limit == 1:
        return f"A list can have one {name} at a time, so only the first one is used."
    return f"A list can have {limit} {FACET[name].plural} at a time, so only the first are used."


def _address(pairs: list[tuple[str, str]]) -> str:
    query = "&".join([_quoted(name, value) for name, value in pairs if value])
    return f"/?{query}" if query else "/"


@lru_cache(maxsize=512)  # a page has ten addresses with nearly the same parameters
def _quoted(name: str, value: str) -> str:
    return urlencode(((name, value),), errors="replace")
