"""Masks: an employee, a card or counts without what a viewer may not see, as if it were empty."""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from app.access.visibility import OF_EDITORS, Sight
from app.model.employee import IN_CARDS, Card, Employee

_TUPLES = frozenset(("badges",))


def mask_employee(employee: Employee, sight: Sight) -> Employee:
    """Return the record as a viewer sees it; it must not be stored."""
    if sight.is_whole:
        return employee
    concealed = sight.concealed(employee.hidden, employee.id)
    if employee.left_on and employee.id != sight.person_id:
        concealed = concealed.union(OF_EDITORS)
    if not concealed:
        return employee
    return replace(employee, **_empty(frozenset(concealed)), hidden=())


def mask_exported(employee: Employee, sight: Sight) -> Employee:
    """Return the record for a file of this viewer, which does not tell them their own last day."""
    seen = mask_employee(employee, sight)
    return seen if sight.is_whole or not seen.left_on else replace(seen, left_on="")


def mask_card(card: Card, sight: Sight) -> Card:
    """Return the card as a viewer sees it; only who sees everything learns what is hidden."""
    if sight.is_whole or card.id == sight.person_id:
        return card
    concealed = sight.concealed(card.hidden)
    if not concealed:
        return card
    return card._replace(**_empty(concealed.intersection(IN_CARDS)), hidden=())


def mask_cards(cards: Iterable[Card], sight: Sight) -> tuple[Card, ...]:
    """Return the cards as a viewer sees them."""
    if sight.is_whole:
        return tuple(cards)
    return tuple(mask_card(card, sight) for card in cards)


@lru_cache(maxsize=64)
def _empty(names: frozenset[str]) -> dict[str, Any]:
    return {name: () if name in _TUPLES else "" for name in names}
