"""The colleagues beside a person of whom little is known."""

from typing import NamedTuple

from app.contracts import Query
from app.model.employee import Card, Employee
from app.model.errors import StorageUnavailable
from app.runtime import read_budget
from app.text.sanitizing import visible
from app.web.current import current_directory, current_viewer
from app.web.http.middleware import log_store_failure, request_id
from app.web.ui.urls import list_address

_SHOWN = 6
# Of what a page of a list may read: it is no reason to wait for a person.
_READ_PART = 0.05


class Colleagues(NamedTuple):
    """Some who work in the same department and place.

    ``total`` is their number without the person, "" if there are more than ``cards``.
    """

    where: str
    cards: tuple[Card, ...]
    total: str
    address: str


def colleagues_of(employee: Employee) -> Colleagues | None:
    """Return who works where somebody does; None without anybody, or if they cannot be read."""
    places = {
        name: getattr(employee, name)
        for name in ("department", "location")
        if visible(getattr(employee, name))
    }
    if not places:
        return None
    try:
        with read_budget.limit(_READ_PART):
            page = current_directory().browse(current_viewer(), Query(**places), limit=_SHOWN + 2)
    except StorageUnavailable as error:
        log_store_failure(error, request_id())
        return None
    others = tuple(card for card in page.cards if card.id != employee.id)
    if not others:
        return None
    is_all = page.next is None and len(others) <= _SHOWN
    return Colleagues(
        where=", ".join(map(visible, places.values())),
        cards=others[:_SHOWN],
        total=str(len(others)) if is_all else "",
        address=list_address(**places),
    )
