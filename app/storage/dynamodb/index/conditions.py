"""Conditions of a query as key ranges of the index, with the terms to filter them by."""

from dataclasses import dataclass

from app.contracts import Query
from app.storage.dynamodb.index.queries import KeyRange
from app.storage.dynamodb.index.rows import (
    KINDS,
    LETTER,
    NAME_VIEW,
    filter_term,
    token_of,
    word_view,
)
from app.text.search_keys import OTHER_LETTERS


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditions of a query: words, longest first, letter, and facets as (kind, token)."""

    words: tuple[str, ...]
    letter: str
    facets: tuple[tuple[str, str], ...]

    def terms(
        self, *, words: tuple[str, ...], but: tuple[str, str] | None, letter: bool
    ) -> tuple[str, ...]:
        """Return the terms that ``t`` must contain: words, facets except one, and the letter."""
        terms = [f"|{word}" for word in words]
        terms += [f"|{filter_term(*facet)}|" for facet in self.facets if facet != but]
        if letter and self.letter:
            terms.append(f"|{filter_term(LETTER, self.letter)}|")
        return tuple(terms)

    def by_name(self, facet: tuple[str, str] | None) -> KeyRange:
        """Return the range of the name view or of a facet, which a letter restricts."""
        view = f"{facet[0]}#{facet[1]}" if facet else NAME_VIEW
        terms = self.terms(words=self.words, but=facet, letter=False)
        if not self.letter:
            return KeyRange.whole(view, terms)
        return KeyRange.with_prefix(
            view, "{" if self.letter == OTHER_LETTERS else self.letter, terms
        )

    def by_word(self, word: str) -> KeyRange:
        """Return the range of one of the words."""
        others = tuple(other for other in self.words if other != word)
        terms = self.terms(words=others, but=None, letter=True)
        return KeyRange.with_prefix(word_view(word), word, terms, len(word))


def conditions_of(query: Query) -> Conditions | None:
    """Return the conditions of a query, or None if no employee can meet them."""
    if query.is_impossible:
        return None
    facets = tuple((KINDS[name], token_of(key)) for name, key in query.facet_keys)
    return Conditions(query.search_words, query.letter, facets)
