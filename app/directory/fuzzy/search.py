"""Find similar people when a search as typed has few results."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import chain
from operator import attrgetter

from app.contracts import EmployeeStore, Page, Query
from app.directory.fuzzy.exact_names import later_exact_matches, may_have_later_matches
from app.directory.fuzzy.rewrites import Rewrite, Substitution, rewrites
from app.directory.fuzzy.stopwatch import Cost
from app.directory.fuzzy.suggestions import Reason, Suggestion, Suggestions
from app.directory.fuzzy.vocabulary import SHORTEST
from app.directory.fuzzy.vocabulary_cache import VocabularyCache
from app.model.employee import Card
from app.model.errors import StorageUnavailable
from app.model.search_words import FUZZY_FIELDS
from app.text.tokens import words_of, written_words

log = logging.getLogger(__name__)
_fuzzy_texts_of = attrgetter(*(name for name in FUZZY_FIELDS if name in Card._fields))
Written = tuple[str, tuple[str, ...]]

# A search that finds so many is answered as it is.
ENOUGH = 6
MAX_SUGGESTIONS = 16
# Guesses are tried until they have taken as much as the search itself, or so much. By the clock
# three answers of a server; by the CPU, which is what SQLite takes, a plain page of a full list.
MIN_BUDGET = Cost(0.02, 0.004)


class FuzzySearch:
    """Searches with other words than were typed, with the same filters.

    It begins no further search after spending as much as the search itself, and never fails a
    search: what cannot be read is left out.
    """

    def __init__(self, employees: EmployeeStore) -> None:
        self._employees = employees
        self._known = VocabularyCache(employees)

    def suggest(self, query: Query, page: Page, spent: Cost) -> Suggestions:
        """Return similar people who are not on the first page, which has cost ``spent``."""
        if may_have_later_matches(query, page):
            return self._further(query, page)
        if not _is_short(page) or not query.search_words:
            return Suggestions()
        found_some = bool(page.cards)
        found = _Found({card.id for card in page.cards}, query.words)
        typed = query.search_words_as_typed
        possible = rewrites(typed, self._known.get(), found_some=found_some)
        most = Cost(*map(max, spent, MIN_BUDGET))
        began = Cost.now()
        try:
            for guess in possible:
                if began.since().exceeds(most) or found.is_full:
                    break
                if guess.left_out and found.cost < guess.cost:
                    break
                wanted = query.with_words(guess.words)
                guessed = self._employees.browse(wanted, None, found.room)
                found.take(guess, guessed)
                found.take(guess, later_exact_matches(self._employees, wanted, guessed))
        except StorageUnavailable as error:
            log.warning("similar names were not searched: %s", error)
        return found.close()

    def _further(self, query: Query, page: Page) -> Suggestions:
        """Return exact name matches that the search did not reach."""
        try:
            found = later_exact_matches(self._employees, query, page)
        except StorageUnavailable as error:
            log.warning("more matches by name were not searched: %s", error)
            return Suggestions()
        people = tuple(Suggestion(card, ()) for card in found.cards)
        return Suggestions(people, found.next is not None, beyond_page=bool(people))


def _is_short(page: Page) -> bool:
    whole = page.next is None and page.previous is None and page.rows_examined is None
    return whole and len(page.cards) < ENOUGH


class _Found:
    """The suggestions so far, each person once."""

    def __init__(self, visible: set[str], typed: str) -> None:
        self._shown = visible
        self._typed = typed
        self._people: list[Suggestion] = []
        self._searches: list[str] = []
        self._more = False
        self.cost = math.inf  # of the guess that found somebody last

    @property
    def room(self) -> int:
        return MAX_SUGGESTIONS - len(self._people)

    @property
    def is_full(self) -> bool:
        return self.room <= 0

    def take(self, guess: Rewrite, page: Page) -> None:
        """Add the results of a rewritten search."""
        before = len(self._people)
        as_typed = {way: self._as_typed(way) for way in guess.changed} if page.cards else {}
        for card in page.cards:
            if card.id in self._shown or self.is_full:
                continue
            written = _written_on(card)
            reasons = [_reason(written, way, text) for way, text in as_typed.items()]
            if None not in reasons:
                self._shown.add(card.id)
                self._people.append(Suggestion(card, tuple(filter(None, reasons))))
        ended_early = page.rows_examined is not None
        if len(self._people) > before:
            self._more = self._more or (page.next is not None and not ended_early)
        elif not ended_early:
            return
        self.cost = guess.cost
        words = " ".join(guess.words)
        if words not in self._searches:
            self._searches.append(words)

    def close(self) -> Suggestions:
        return Suggestions(tuple(self._people), self._more, tuple(self._searches))

    def _as_typed(self, way: Substitution) -> str:
        """How a word was typed."""
        return _written_as(self._typed_as_written, way.typed, whole=True) or way.typed

    @cached_property
    def _typed_as_written(self) -> tuple[Written, ...]:
        return _written_in(self._typed)


def _written_on(card: Card) -> list[Written]:
    name, *others = _fuzzy_texts_of(card)
    return [*_written_in(name), *chain.from_iterable(map(_known_written, others))]


def _written_in(text: str) -> tuple[Written, ...]:
    """Return each word of a text as written, with its search words."""
    return tuple((each, words_of(each)) for each in written_words(text))


# Many people share a title, a department and a place; hardly two a name.
_known_written = lru_cache(maxsize=256)(_written_in)


def _reason(written: Sequence[Written], way: Substitution, typed: str) -> Reason | None:
    """Return why a person is suggested; None if it only has a longer word than the one meant.

    A form of two letters must be the first word of the name: al-Rashid is no Alex.
    """
    if not way.word:
        return Reason("", typed, is_other_form=False)
    visible = _written_as(written, way.word, whole=True)
    if not visible:
        visible = _written_as(written, way.word, whole=False)
        if visible and (way.is_other_form or len(way.word) < SHORTEST):
            return None
    if visible and way.is_other_form and len(way.word) < SHORTEST and visible != written[0][0]:
        return None
    # Whoever has it in a name that the card does not show goes by it, or writes mail under it.
    visible = visible or way.word.capitalize()
    if visible[:1].isupper():
        typed = typed[:1].upper() + typed[1:]
    return Reason(visible, typed, way.is_other_form)


def _written_as(written: Sequence[Written], word: str, *, whole: bool) -> str:
    """Return the spelling of a word, or of a longer one that it begins."""
    for each, words in written:
        if word in words or (not whole and any(one.startswith(word) for one in words)):
            return each
    return ""
