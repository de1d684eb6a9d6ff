"""Whether somebody meets a query, told by their record, as the stores tell it by their index."""

from app.contracts import Query
from app.contracts.queries import MANAGER, TEXT_FILTERS
from app.contracts.sighted_search import sighted_search
from app.model.employee import Card, Employee, card_of
from app.model.search_words import search_words
from app.model.word_origins import origins_text
from app.text import search_keys
from app.text.search_terms import position


def needs_records(query: Query) -> bool:
    """Return whether cards do not tell who meets a query."""
    names = {name for name, _ in query.facet_keys}
    return bool(query.terms) or not names.isdisjoint(("joined", MANAGER))


def card_meets(card: Card, name_key: str, query: Query) -> bool:
    """Return whether the unmasked card of somebody meets the conditions that cards tell of."""
    letters = query.values_of("letter")
    if letters and search_keys.letter_of(name_key) not in letters:
        return False
    for name, keys in query.facet_keys:
        if name in TEXT_FILTERS and search_keys.facet_key(getattr(card, name)) not in keys:
            return False
        if name == "badge" and not set(keys).intersection(card.badges):
            return False
    return not query.is_impossible


def record_meets(person: Employee, query: Query) -> bool:
    """Return whether the unmasked record of somebody meets the conditions that cards miss."""
    for name, keys in query.facet_keys:
        if name == "joined" and _month_of(person) not in keys:
            return False
        if name == MANAGER and person.manager not in keys:
            return False
    if not query.terms:
        return True
    card, words = card_of(person), list(search_words(person))
    seen = sighted_search(query)
    if seen and seen.concerns(person.hidden):
        words = seen.words(words, card, origins_text(person, words))
    return all(position(term, words, card.badges) is not None for term in query.terms)


def _month_of(person: Employee) -> str:
    """Return the month in which lists have somebody; nobody is listed by one that they hide."""
    return "" if "start_date" in person.hidden else search_keys.month_of(person.start_date)
