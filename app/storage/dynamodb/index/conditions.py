"""Conditions of a query as key ranges of the index, with the terms to filter them by."""

from dataclasses import dataclass, replace

from app.contracts import Query, queries
from app.contracts.cursors import SEPARATOR
from app.contracts.sighted_search import SightedSearch, sighted_search
from app.storage.dynamodb.index.queries import All, AnyOf, Chain, KeyRange
from app.storage.dynamodb.index.sighted_rows import RowFilter
from app.storage.dynamodb.index.views import (
    KINDS,
    LEFT_VIEW,
    LETTER,
    MANAGER,
    NAME_VIEW,
    badge_term,
    badge_view,
    filter_term,
    manager_token,
    token_of,
    word_view,
)
from app.text.search_keys import OTHER_LETTERS
from app.text.search_marks import BADGE, LOW_RANK
from app.text.search_terms import Term

# The kind and the tokens of the values of one filter; an employee with any of them meets it.
Filter = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditions of a query: terms of a search, longest first, letter, and filters.

    ``left`` is whether those who have left are asked for.
    """

    words: tuple[Term, ...]
    letter: str
    filters: tuple[Filter, ...]
    seen: SightedSearch | None = None
    left: bool = False

    @property
    def of_manager(self) -> Filter | None:
        """The filter of those who report to somebody, of whom other views tell nothing."""
        return next((each for each in self.filters if each[0] == MANAGER), None)

    @property
    def is_everybody(self) -> bool:
        """Whether nothing but having left, or not, is asked for."""
        return not (self.words or self.letter or self.filters)

    def terms(
        self, *, words: tuple[Term, ...], but: Filter | None, letter: bool
    ) -> tuple[AnyOf, ...]:
        """Return the conditions on ``t``: words, filters except one, and the letter."""
        terms = [_any_of(word) for word in words]
        terms += [
            tuple((f"|{filter_term(kind, token)}|",) for token in tokens)
            for kind, tokens in (each for each in self.filters if each != but)
        ]
        if letter and self.letter:
            terms.append(((f"|{filter_term(LETTER, self.letter)}|",),))
        return tuple(terms)

    def by_name(self, chosen: Filter | None) -> tuple[KeyRange, ...]:
        """Return the range of all names or those of a filter, which a letter restricts."""
        kind, tokens = chosen or ("", ())
        everyone = LEFT_VIEW if self.left else NAME_VIEW
        views = [f"{kind}#{token}" for token in tokens] or [everyone]
        terms = self.terms(words=self.words, but=chosen, letter=False)
        seen = RowFilter(self.seen) if self.seen else None
        if not self.letter:
            return tuple(KeyRange.whole(view, terms, seen=seen) for view in views)
        prefix = "{" if self.letter == OTHER_LETTERS else self.letter
        return tuple(KeyRange.with_prefix(view, prefix, terms, seen=seen) for view in views)

    def by_word(self, word: Term) -> Chain:
        """Return the ranges of one of the words: of each way to meet it, in order of rank."""
        others = tuple(other for other in self.words if other is not word)
        terms = self.terms(words=others, but=None, letter=True)
        seen = RowFilter(self.seen, word) if self.seen else None
        first, *more = word.words
        words = (*terms, *(((f"|{other}",),) for other in more))
        ranges = [
            KeyRange.with_prefix(word_view(marked), marked, words, len(first), seen=seen)
            for marked in (first, LOW_RANK + first)
        ]
        excluded: AnyOf = (_all_words(word),)
        for badge in word.badges:
            everyone = KeyRange.whole(badge_view(badge), terms, seen=seen)
            key_prefix = f"{BADGE}{badge}{SEPARATOR}"
            ranges.append(replace(everyone, excluded=excluded, key_prefix=key_prefix))
            excluded += ((badge_term(badge),),)
        if word.phone:
            forms = (_phone_forms(word),) if word.phone_forms else ()
            view, length = word_view(word.phone), len(word.phone) - 1
            ranges.append(
                KeyRange.with_prefix(
                    view, word.phone, (*terms, *forms), length, excluded, seen=seen
                )
            )
        return Chain(ranges)


def _all_words(term: Term) -> All:
    return tuple(f"|{word}" for word in term.words)


def _phone_forms(term: Term) -> AnyOf:
    return tuple((f"|{form}",) for form in term.phone_forms)


def _any_of(term: Term) -> AnyOf:
    """Return the ways to meet a term, as conditions on ``t``."""
    badges = tuple((badge_term(badge),) for badge in term.badges)
    if not term.phone:
        return (_all_words(term), *badges)
    return (_all_words(term), *badges, *(_phone_forms(term) or ((f"|{term.phone}",),)))


def _filter(name: str, keys: tuple[str, ...]) -> Filter:
    if name == queries.MANAGER:
        return MANAGER, tuple(map(manager_token, keys))
    return KINDS[name], tuple(map(token_of, keys))


def conditions_of(query: Query) -> Conditions | None:
    """Return the conditions of a query, or None if no employee can meet them."""
    if query.is_impossible:
        return None
    filters = tuple(_filter(name, keys) for name, keys in query.facet_keys)
    letter = "".join(query.values_of("letter"))
    return Conditions(query.terms, letter, filters, sighted_search(query), query.left)
