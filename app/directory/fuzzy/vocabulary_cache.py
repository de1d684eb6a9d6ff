"""The cached vocabulary of this process, loaded on first use and again when it expires.

Words of what this process saves are added at once, since a store writes them after the response.
"""

import logging
import threading
import time
from collections.abc import Collection
from itertools import islice

from app.contracts import MAX_VOCABULARY
from app.directory.fuzzy.tuning import (
    FIRST_WAIT_SECONDS,
    MAX_AGE_SECONDS,
    MAX_LEARNED_WORDS,
    NEXT_WAIT_SECONDS,
    RETRY_SECONDS,
    WORDS_PER_SECOND_OF_AGE,
)
from app.directory.fuzzy.vocabulary import Vocabulary
from app.directory.seen_people import PeopleReader
from app.model import leaving
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from app.model.search_words import vocabulary_words
from app.runtime import deadline

log = logging.getLogger(__name__)


class VocabularyCache:
    """A cache of the vocabulary, loaded by one thread at a time, so that searches wait briefly."""

    def __init__(self, employees: PeopleReader) -> None:
        self._employees = employees
        self._vocabulary: Vocabulary | None = None
        self._next_at = 0.0
        self._reading: threading.Thread | None = None
        self._lock = threading.Lock()
        self._learned: dict[str, None] = {}
        self._has_news = False

    def learn(self, employee: Employee) -> None:
        """Add the words of an employee who was saved; the next search knows them.

        Nobody searches for who has left, but those who list leavers.
        """
        if leaving.has_left(employee, leaving.today()):
            return
        words = [word for word in vocabulary_words(employee) if word not in self._learned]
        if not words:
            return
        with self._lock:
            if len(self._learned) >= MAX_LEARNED_WORDS:  # by now the store has them
                self._learned.clear()
                self._next_at = 0.0
            self._learned.update(dict.fromkeys(words))
            self._has_news = True

    def forget(self, words: Collection[str]) -> None:
        """Remove words that the store has deleted; the next search reads the others again."""
        with self._lock:
            self._learned = {word: None for word in self._learned if word not in words}
            self._next_at = 0.0

    def get(self) -> Vocabulary | None:
        """Return the vocabulary; None if it could not be loaded in time."""
        if time.monotonic() >= self._next_at:
            with self._lock:
                if self._reading is None or not self._reading.is_alive():
                    self._reading = threading.Thread(target=self._load, daemon=True)
                    self._reading.start()
                reading = self._reading
            limit = FIRST_WAIT_SECONDS if self._vocabulary is None else NEXT_WAIT_SECONDS
            reading.join(min(limit, deadline.remaining()))
        if self._has_news and self._vocabulary is not None:
            with self._lock:
                self._vocabulary = self._vocabulary.plus(self._learned)
                self._has_news = False
        return self._vocabulary

    def _load(self) -> None:
        deadline.start()
        try:
            vocabulary = Vocabulary(islice(self._employees.vocabulary(), MAX_VOCABULARY))
        except StorageUnavailable as error:
            log.warning("the search vocabulary could not be read: %s", error)
            self._next_at = time.monotonic() + RETRY_SECONDS
        else:
            with self._lock:
                self._vocabulary = vocabulary.plus(self._learned)
            good_for = min(MAX_AGE_SECONDS, len(vocabulary) / WORDS_PER_SECOND_OF_AGE)
            self._next_at = time.monotonic() + good_for
