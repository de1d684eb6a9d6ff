"""Searches by viewers from whom something is concealed: nobody is found by what they may not see.

Stores keep one index for all viewers, so that neither a change of who sees what nor a sign-in
rewrites it. What a viewer's search may read by a concealed word, ``SightedSearch`` leaves out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from app.contracts.cursors import SEPARATOR
from app.contracts.queries import Query
from app.model.employee import Card
from app.model.word_origins import CONCEALABLE, visible_words
from app.text.search_marks import LOW_RANK
from app.text.search_terms import Term, position


def sighted_search(query: Query) -> SightedSearch | None:
    """Return what a store leaves out of its results for a query; None if nothing."""
    return SightedSearch(query) if query.terms and not query.sight.is_whole else None


class SightedSearch:
    """The terms of a query as they are met for a viewer.

    ``is_restricted`` says that words of everybody may be concealed; otherwise only of those who
    hide a field.
    """

    def __init__(self, query: Query) -> None:
        self._terms = query.terms
        self._sight = query.sight
        self._prefixes = tuple(_prefixes_of(query.terms))
        self.is_restricted = not CONCEALABLE.isdisjoint(query.sight.restricted)

    def concerns(self, hidden: Collection[str]) -> bool:
        """Return whether somebody who hides these fields has concealed words."""
        return self.is_restricted or not CONCEALABLE.isdisjoint(hidden)

    def words(self, words: Iterable[str], card: Card, origins: str) -> list[str]:
        """Return those of the sorted words that the search may use; see ``visible_words``."""
        telling = [word for word in words if word.startswith(self._prefixes)]
        return visible_words(telling, card, origins, self._sight.concealed(card.hidden))

    def finds(self, words: Sequence[str], card: Card, term: Term | None, key: str) -> bool:
        """Return whether the employee meets all terms, by visible words.

        If ``term`` is not None, also whether their place in its order is that of ``key``, the key
        of a row in the order of a page: they have a row for each word, and are shown at one.
        """
        for each in self._terms:
            place = position(each, words, card.badges)
            if place is None or (each is term and place != key.partition(SEPARATOR)[0]):
                return False
        return True


def _prefixes_of(terms: Iterable[Term]) -> Iterable[str]:
    for term in terms:
        yield from term.words
        yield from (LOW_RANK + word for word in term.words)
        if term.phone:
            yield from (term.phone, *term.phone_forms)
