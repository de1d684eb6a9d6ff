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

# The kind and the tokens of the values of one filter; an employee with any of them meets it.
Filter = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditions of a query: words, longest first, letter, and filters."""

    words: tuple[str, ...]
    letter: str
    filters: tuple[Filter, ...]

    def terms(
        self, *, words: tuple[str, ...], but: Filter | None, letter: bool
    ) -> tuple[tuple[str, ...], ...]:
        """Return the alternatives of terms, one of which ``t`` must contain for each condition.

        The conditions are words, filters except one, and the letter.
        """
        terms = [(f"|{word}",) for word in words]
        terms += [
            tuple(f"|{filter_term(kind, token)}|" for token in tokens)
            for kind, tokens in (each for each in self.filters if each != but)
        ]
        if letter and self.letter:
            terms.append((f"|{filter_term(LETTER, self.letter)}|",))
        return tuple(terms)

    def by_name(self, chosen: Filter | None) -> tuple[KeyRange, ...]:
        """Return the range of the name view or those of a filter, which a letter restricts."""
        kind, tokens = chosen or ("", ())
        views = [f"{kind}#{token}" for token in tokens] or [NAME_VIEW]
        terms = self.terms(words=self.words, but=chosen, letter=False)
        if not self.letter:
            return tuple(KeyRange.whole(view, terms) for view in views)
        prefix = "{" if self.letter == OTHER_LETTERS else self.letter
        return tuple(KeyRange.with_prefix(view, prefix, terms) for view in views)

    def by_word(self, word: str) -> tuple[KeyRange, ...]:
        """Return the range of one of the words."""
        others = tuple(other for other in self.words if other != word)
        terms = self.terms(words=others, but=None, letter=True)
        return (KeyRange.with_prefix(word_view(word), word, terms, len(word)),)


def conditions_of(query: Query) -> Conditions | None:
    """Return the conditions of a query, or None if no employee can meet them."""
    if query.is_impossible:
        return None
    filters = tuple((KINDS[name], tuple(map(token_of, keys))) for name, keys in query.facet_keys)
    return Conditions(query.search_words, "".join(query.values_of("letter")), filters)
