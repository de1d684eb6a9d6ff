"""The vocabulary: words of names, job titles, departments and locations, for the fuzzy search.

After a save a store writes the words that this process has not written yet. Writing a word again is
harmless, and a word that no employee has any more matches no employee.
"""

import logging
from collections.abc import Callable, Generator, Iterable, Iterator
from operator import attrgetter
from threading import Lock
from typing import TypeVar

from app.model import leaving
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from app.model.search_words import FUZZY_FIELDS, is_vocabulary_word
from app.text.tokens import line_words

log = logging.getLogger(__name__)

# Words in memory; above the limit all are forgotten, and written once more.
_MAX_SEEN_WORDS = 200_000
_MAX_UNWRITTEN = 500
_MAX_SEEN_TEXTS = 20_000
_texts_of, _last_day_of = attrgetter(*FUZZY_FIELDS), attrgetter("left_on")
_Step = TypeVar("_Step")
_Searchable = TypeVar("_Searchable")


class VocabularyWriter:
    """The collector of words of saved employees, which writes those that it has not seen."""

    def __init__(self, write: Callable[[list[str]], None]) -> None:
        self._write = write
        self._seen_words: set[str] = set()
        self._seen_texts: set[str] = set()
        self._unwritten: list[str] = []
        self._lock = Lock()

    @property
    def has_unwritten(self) -> bool:
        """Whether collected words are not written yet."""
        return bool(self._unwritten)

    def collect(self, employee: _Searchable) -> _Searchable:
        """Collect the words of an employee, unless they have left; return the employee."""
        if (left_on := _last_day_of(employee)) and leaving.has_come(left_on, leaving.today()):
            return employee
        for text in _texts_of(employee):
            if text not in self._seen_texts:  # many employees share titles and locations
                self._collect_text(text)
        return employee

    def collecting(self, people: Iterable[Employee]) -> Iterator[Employee]:
        """Yield the same employees, collecting the words of each."""
        return map(self.collect, people)

    def writing_between(self, steps: Iterator[_Step]) -> Generator[_Step, None, None]:
        """Yield the same steps of a long operation, writing collected words between them."""
        try:
            for step in steps:
                if len(self._unwritten) >= _MAX_UNWRITTEN:
                    self.write()
                yield step
        finally:
            if isinstance(steps, Generator):
                steps.close()
        self.write()

    def write(self) -> None:
        """Write the collected words; after a failure they are collected and offered again."""
        with self._lock:
            words, self._unwritten = self._unwritten, []
        if not words:
            return
        try:
            self._write(words)
        except StorageUnavailable as error:
            with self._lock:
                self._seen_words.difference_update(words)
                self._seen_texts.clear()
            log.warning("the search vocabulary could not be written: %s", error)

    def forget(self, words: Iterable[str]) -> None:
        """Write these words again when somebody has them, since they were deleted."""
        with self._lock:
            self._seen_words.difference_update(words)
            self._seen_texts.clear()
            self._unwritten = [word for word in self._unwritten if word in self._seen_words]

    def _collect_text(self, text: str) -> None:
        words = line_words(text)
        if not self._seen_words.issuperset(words):
            for word in words:
                self._collect_word(word)
        if len(self._seen_texts) >= _MAX_SEEN_TEXTS:
            self._seen_texts.clear()
        self._seen_texts.add(text)

    def _collect_word(self, word: str) -> None:
        with self._lock:
            if word in self._seen_words:
                return
            if len(self._seen_words) >= _MAX_SEEN_WORDS:
                self._seen_words.clear()
            self._seen_words.add(word)
            if is_vocabulary_word(word):
                self._unwritten.append(word)
