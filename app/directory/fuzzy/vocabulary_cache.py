"""The cached vocabulary of this process, loaded on first use and again when it expires."""

from __future__ import annotations

import logging
import threading
import time
from itertools import islice

from app.contracts import MAX_VOCABULARY, EmployeeStore
from app.directory.fuzzy.vocabulary import Vocabulary
from app.model.errors import StorageUnavailable
from app.runtime import deadline

log = logging.getLogger(__name__)

# The first search that needs it waits so long; a later one waits so long for a newer one.
FIRST_WAIT, NEXT_WAIT = 1.5, 0.05
# Reading it costs what it holds, so a large one serves longer, but not longer than this.
OLDEST_SECONDS = 300.0
WORDS_A_SECOND = 20
# A store that did not answer is left alone for so long.
PAUSE_SECONDS = 30.0


class VocabularyCache:
    """A cache of the vocabulary, loaded by one thread at a time, so that searches wait briefly."""

    def __init__(self, employees: EmployeeStore) -> None:
        self._employees = employees
        self._vocabulary: Vocabulary | None = None
        self._next_at = 0.0
        self._reading: threading.Thread | None = None
        self._lock = threading.Lock()

    def get(self) -> Vocabulary | None:
        """Return the vocabulary; None if it could not be loaded in time."""
        if time.monotonic() >= self._next_at:
            with self._lock:
                if self._reading is None or not self._reading.is_alive():
                    self._reading = threading.Thread(target=self._load, daemon=True)
                    self._reading.start()
                reading = self._reading
            limit = FIRST_WAIT if self._vocabulary is None else NEXT_WAIT
            reading.join(min(limit, deadline.remaining()))
        return self._vocabulary

    def _load(self) -> None:
        deadline.start()
        try:
            vocabulary = Vocabulary(islice(self._employees.vocabulary(), MAX_VOCABULARY))
        except StorageUnavailable as error:
            log.warning("the search vocabulary could not be read: %s", error)
            self._next_at = time.monotonic() + PAUSE_SECONDS
        else:
            self._vocabulary = vocabulary
            good_for = min(OLDEST_SECONDS, len(vocabulary) / WORDS_A_SECOND)
            self._next_at = time.monotonic() + good_for
