"""People for the tests of stores, and ways to look at what a store answers."""

from collections.abc import Iterable, Iterator
from itertools import count

from app.contracts import EmployeeStore, Page, Query
from app.history.changes import Write
from app.model.employee import Card, Employee

_WRITES = count()
EVERYONE = Query()


def new_write_id() -> str:
    """A form that was not sent before."""
    return f"write-{next(_WRITES)}"


def person(employee_id: str, full_name: str = "Ada Lovelace", **fields: object) -> Employee:
    return Employee(id=employee_id, full_name=full_name, **fields)  # type: ignore[arg-type]


def add(store: EmployeeStore, *people: Employee) -> list[Employee]:
    """Add these people; what is stored."""
    return [store.add(each, Write(new_write_id())) for each in people]


def add_named(store: EmployeeStore, *names: str, **fields: object) -> None:
    """Add people of these names; their ids are the names in lower case."""
    add(store, *(person(name.lower(), name, **fields) for name in names))


def pages(store: EmployeeStore, query: Query, limit: int) -> Iterator[Page]:
    """All pages from the first to the last."""
    page = store.browse(query, None, limit)
    yield page
    while page.next:
        page = store.browse(query, page.next, limit)
        yield page


def pages_back(store: EmployeeStore, query: Query, limit: int, last: Page) -> Iterator[Page]:
    """All pages before this one, from the nearest to the first."""
    page = last
    while page.previous:
        page = store.browse(query, page.previous, limit)
        yield page


def everyone(store: EmployeeStore, query: Query = EVERYONE, limit: int = 100) -> list[Card]:
    """The cards of all pages."""
    return [card for page in pages(store, query, limit) for card in page.cards]


def names(cards: Iterable[Card]) -> list[str]:
    return [card.full_name for card in cards]


def found(store: EmployeeStore, **conditions: str | tuple[str, ...]) -> list[str]:
    """The names of everyone who meets these conditions, in the order of the list."""
    return names(everyone(store, Query(**conditions)))
