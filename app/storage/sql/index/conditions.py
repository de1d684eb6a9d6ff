"""The conditions of a query in terms of views."""

from typing import NamedTuple

from app.contracts import Query
from app.storage.sql.index.entries import KINDS, NAMES, WORDS, view_of
from app.text import search_keys

# The views of the values of one filter; an employee in any of them meets it.
Views = tuple[str, ...]
ALL_NAMES: Views = (NAMES,)
ALL_WORDS: Views = (WORDS,)


class Conditions(NamedTuple):
    """The conditions of a query: prefixes of words, a prefix of the name, and views of filters."""

    words: tuple[str, ...]
    letter: str
    filters: tuple[Views, ...]


def conditions_of(query: Query) -> Conditions | None:
    """Return the conditions of a query; None if no employee can meet them."""
    if query.is_impossible:
        return None
    filters = tuple(
        tuple(view_of(KINDS[name], key) for key in keys) for name, keys in query.facet_keys
    )
    letter = "".join(query.values_of("letter"))
    if letter == search_keys.OTHER_LETTERS:
        letter = search_keys.name_key("")  # the prefix of all such names
    return Conditions(query.search_words, letter, filters)
