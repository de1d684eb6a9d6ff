"""Find similar people when a search as typed has few results."""

import logging
import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from operator import attrgetter

from app.contracts import Page, Query
from app.directory.fuzzy.exact_names import later_exact_matches, may_have_later_matches
from app.directory.fuzzy.rewrites import Rewrite, Substitution, rewrites
from app.directory.fuzzy.stopwatch import Cost
from app.directory.fuzzy.suggestions import Reason, Suggestion, Suggestions
from app.directory.fuzzy.tuning import ENOUGH_MATCHES, MAX_SUGGESTIONS, MIN_BUDGET, MIN_WORD
from app.directory.fuzzy.vocabulary_cache import VocabularyCache
from app.directory.seen_people import PeopleReader
from app.model.employee import Card, Employee
from app.model.errors import StorageUnavailable
from app.model.search_words import FUZZY_FIELDS
from app.text.tokens import words_of, written_words

log = logging.getLogger(__name__)
_fuzzy_texts_of = attrgetter(*(name for name in FUZZY_FIELDS if name in Card._fields))
Written = tuple[str, tuple[str, ...]]


class FuzzySearch:
    """A search with similar words and the same filters.

    It starts no further search after spending as much as the original search, and never raises
    StorageUnavailable: results that cannot be read are omitted.
    """

    def __init__(self, employees: PeopleReader) -> None:
        self._employees = employees
        self._vocabulary = VocabularyCache(employees)

    def learn(self, employee: Employee) -> None:
        """Know the words of an employee who was saved from the next search on."""
        self._vocabulary.learn(employee)

    def forget(self, words: Collection[str]) -> None:
        """Forget words that nobody has any more."""
        self._vocabulary.forget(words)

    def learning(self, people: Iterable[Employee]) -> Iterator[Employee]:
        """Yield the same employees, learning the words of each."""
        for employee in people:
            self.learn(employee)
            yield employee

    def suggest(self, query: Query, page: Page, spent: Cost) -> Suggestions:
        """Return similar people who are not on the first page, which has cost ``spent``."""
        if may_have_later_matches(query, page):
            return self._later_matches(query, page)
        if not _is_short(page) or not query.search_words:
            return Suggestions()
        found_some = bool(page.cards)
        collected = _Collected({card.id for card in page.cards}, query.words)
        typed = query.search_words_as_typed
        candidates = rewrites(typed, self._vocabulary.get(), found_some=found_some)
        budget = Cost(*map(max, spent, MIN_BUDGET))
        start = Cost.now()
        try:
            for rewrite in candidates:
                if start.since().exceeds(budget) or collected.is_full:
                    break
                if rewrite.left_out and collected.cost < rewrite.cost:
                    break
                rewritten = query.with_words(rewrite.words)
                matches = self._employees.browse(rewritten, None, collected.remaining)
                collected.add(rewrite, matches)
                collected.add(rewrite, later_exact_matches(self._employees, rewritten, matches))
        except StorageUnavailable as error:
            log.warning("similar names were not searched: %s", error)
        return collected.suggestions()

    def _later_matches(self, query: Query, page: Page) -> Suggestions:
        """Return exact name matches that the search did not reach."""
        try:
            later = later_exact_matches(self._employees, query, page)
        except StorageUnavailable as error:
            log.warning("more matches by name were not searched: %s", error)
            return Suggestions()
        people = tuple(Suggestion(card, ()) for card in later.cards)
        return Suggestions(people, later.next is not None, beyond_page=bool(people))


def _is_short(page: Page) -> bool:
    whole = page.next is None and page.previous is None and page.rows_examined is None
    return whole and len(page.cards) < ENOUGH_MATCHES


class _Collected:
    """The suggestions so far, without duplicates."""

    def __init__(self, page_ids: set[str], typed: str) -> None:
        self._ids = page_ids
        self._typed = typed
        self._people: list[Suggestion] = []
        self._searches: list[str] = []
        self._more = False
        self.cost = math.inf  # of the last rewrite with results

    @property
    def remaining(self) -> int:
        return MAX_SUGGESTIONS - len(self._people)

    @property
    def is_full(self) -> bool:
        return self.remaining <= 0

    def add(self, rewrite: Rewrite, page: Page) -> None:
        """Add the results of a rewritten search."""
        before = len(self._people)
        changed = rewrite.changed if page.cards else ()
        typed = {substitution: self._as_typed(substitution) for substitution in changed}
        for card in page.cards:
            if card.id in self._ids or self.is_full:
                continue
            written = _written_on(card)
            reasons = [_reason(written, *pair) for pair in typed.items()]
            if None not in reasons:
                self._ids.add(card.id)
                self._people.append(Suggestion(card, tuple(filter(None, reasons))))
        ended_early = page.rows_examined is not None
        if len(self._people) > before:
            self._more = self._more or (page.next is not None and not ended_early)
        elif not ended_early:
            return
        self.cost = rewrite.cost
        words = " ".join(rewrite.words)
        if words not in self._searches:
            self._searches.append(words)

    def suggestions(self) -> Suggestions:
        return Suggestions(tuple(self._people), self._more, tuple(self._searches))

    def _as_typed(self, substitution: Substitution) -> str:
        """Return a word with the case and accents as typed."""
        typed = substitution.typed
        return _written_as(self._typed_as_written, typed, whole=True) or typed

    @cached_property
    def _typed_as_written(self) -> tuple[Written, ...]:
        return _written_in(self._typed)


def _written_on(card: Card) -> list[Written]:
    name, *others = _fuzzy_texts_of(card)
    return [*_written_in(name), *chain.from_iterable(map(_known_written, others))]


def _written_in(text: str) -> tuple[Written, ...]:
    """Return each word of a text as written, with its search words."""
    return tuple((word, words_of(word)) for word in written_words(text))


# Cached, because many employees share a job title, a department and a location.
_known_written = lru_cache(maxsize=256)(_written_in)


def _reason(written: Sequence[Written], substitution: Substitution, typed: str) -> Reason | None:
    """Return why an employee is suggested; None if only a longer word begins with the nickname.

    A form of two letters must be the first word of the name: al-Rashid is no Alex.
    """
    if not substitution.word:
        return Reason("", typed, is_other_form=False)
    matched = _written_as(written, substitution.word, whole=True)
    if not matched:
        matched = _written_as(written, substitution.word, whole=False)
        if matched and (substitution.is_other_form or len(substitution.word) < MIN_WORD):
            return None
    if (
        matched
        and substitution.is_other_form
        and len(substitution.word) < MIN_WORD
        and matched != written[0][0]
    ):
        return None
    # The card does not show it: it is in the preferred name or in the email address.
    matched = matched or substitution.word.capitalize()
    if matched[:1].isupper():
        typed = typed[:1].upper() + typed[1:]
    return Reason(matched, typed, substitution.is_other_form)


def _written_as(written: Sequence[Written], word: str, *, whole: bool) -> str:
    """Return the spelling of a word, or of a longer one that it begins."""
    for spelling, words in written:
        if word in words or (not whole and any(other.startswith(word) for other in words)):
            return spelling
    return ""
