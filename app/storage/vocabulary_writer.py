"""The directory's own words: those of names, titles, departments and places, as hints for a search.

A store writes the words that this process has not seen yet, after a save, and never more than once;
writing one again does no harm, and a word that nobody has any more finds nobody.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable, Iterator
from operator import attrgetter
from threading import Lock
from typing import TypeVar

from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from app.text import search_keys
from app.text.tokens import is_spelled, line_words

log = logging.getLogger(__name__)

# In mind at once; forgotten words are written once more.
_MOST_SEEN = 200_000
_SHORTEST, _LONGEST = 2, 32
_WRITTEN_AT_ONCE = 500
_MOST_TEXTS = 20_000
_texts_of = attrgetter("full_name", "preferred_name", "job_title", "department", "location")
_Step = TypeVar("_Step")
_Person = TypeVar("_Person", bound=search_keys.Searchable)


class VocabularyWriter:
    """Notes the words of people who are saved, and has those written that it has not seen."""

    def __init__(self, write: Callable[[list[str]], None]) -> None:
        self._write = write
        self._seen: set[str] = set()
        self._texts: set[str] = set()
        self._new: list[str] = []
        self._lock = Lock()

    @property
    def wants_writing(self) -> bool:
        """Whether something was noted that is not written yet."""
        return bool(self._new)

    def note(self, person: _Person) -> _Person:
        """The same person, whose words may be new."""
        for text in _texts_of(person):
            if text not in self._texts:  # titles and places are those of many
                self._note_text(text)
        return person

    def noting(self, people: Iterable[Employee]) -> Iterator[Employee]:
        """The same people; the words of each are noted as they go by."""
        return map(self.note, people)

    def writing(self, steps: Iterator[_Step]) -> Generator[_Step, None, None]:
        """The same steps of a long operation; what was noted is written between them."""
        try:
            for step in steps:
                if len(self._new) >= _WRITTEN_AT_ONCE:
                    self.write()
                yield step
        finally:
            if isinstance(steps, Generator):
                steps.close()
        self.write()

    def write(self) -> None:
        """Write what was noted; what a store does not take now, it is offered again."""
        with self._lock:
            new, self._new = self._new, []
        if not new:
            return
        try:
            self._write(new)
        except StorageUnavailable as error:
            with self._lock:
                self._seen.difference_update(new)
                self._texts.clear()
            log.warning("the words of people were not written: %s", error)

    def _note_text(self, text: str) -> None:
        words = line_words(text)
        if not self._seen.issuperset(words):
            for word in words:
                self._note(word)
        if len(self._texts) >= _MOST_TEXTS:
            self._texts.clear()
        self._texts.add(text)

    def _note(self, word: str) -> None:
        with self._lock:
            if word in self._seen:
                return
            if len(self._seen) >= _MOST_SEEN:
                self._seen.clear()
            self._seen.add(word)
            if _SHORTEST <= len(word) <= _LONGEST and is_spelled(word):
                self._new.append(word)
