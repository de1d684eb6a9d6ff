"""Parse the URL of a list, and build the URLs of neighbouring lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from app.contracts import Query
from app.contracts.queries import FILTERS
from app.text.folding import LINE_CHARACTERS, one_line
from app.text.sanitizing import clean_line

CARDS = "cards"
TABLE = "table"


@dataclass(frozen=True, slots=True)
class ListRequest:
    """The list that a URL asks for. ``page`` counts from 1; 0 is unknown."""

    query: Query
    view: str = CARDS
    cursor: str | None = None
    page: int = 1

    @property
    def has_filters(self) -> bool:
        """Return whether the list has a filter; words are none."""
        return bool(self.query.filters)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Return the parameters without words and cursor."""
        return [*self.query.filters, *([("view", TABLE)] if self.view == TABLE else [])]

    @property
    def kept_by_search(self) -> list[tuple[str, str]]:
        """Return the parameters that a new search keeps: all but the letter."""
        return [pair for pair in self.pairs if pair[0] != "letter"]

    def address(self, cursor: str | None = None, page: int = 0) -> str:
        """Return the URL of this list, or of the page that a cursor begins."""
        position = [("page", str(page) if page > 1 else ""), ("cursor", cursor or "")]
        return _address([("q", self.query.words), *self.pairs, *position])

    def export_address(self, ending: str) -> str:
        """Return the URL of an export of this list."""
        return f"/export.{ending}{ListRequest(self.query).address()[1:]}"

    def pairs_with(self, name: str, value: str) -> list[tuple[str, str]]:
        """Return ``pairs`` with another value of one of them; "" omits it."""
        values = {**dict(self.pairs), name: value}
        return [(key, values[key]) for key in (*FILTERS, "view") if values.get(key)]

    def address_with(self, name: str, value: str) -> str:
        """Return the URL of the first page of the list with another value of one parameter."""
        words = value if name == "q" else self.query.words
        return _address([("q", words), *self.pairs_with(name, value)])


def read_request(args: Mapping[str, str]) -> ListRequest:
    """Parse the parameters of a list; invalid ones are cleaned, never rejected."""

    def text(name: str) -> str:
        return one_line(clean_line(args.get(name, "")[: 10 * LINE_CHARACTERS]))

    conditions = {name: text(name) for name in FILTERS}
    conditions["letter"] = conditions["letter"].lower()
    query = Query(text("q"), **conditions)
    if query.words and not query.search_words:
        query = query.with_words(())  # punctuation alone is no search
    page = args.get("page", "1")
    cursor = args.get("cursor") or None
    return ListRequest(
        query=query,
        view=TABLE if args.get("view") == TABLE else CARDS,
        cursor=cursor,
        page=(int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 0)
        if cursor
        else 1,
    )


def _address(pairs: list[tuple[str, str]]) -> str:
    present = [pair for pair in pairs if pair[1]]
    return f"/?{urlencode(present, errors='replace')}" if present else "/"
