"""IndexUpkeep: repairs, folds and vocabulary writes that run after a response is sent."""

import contextvars
import logging
from threading import Lock

from app.model.errors import StorageUnavailable
from app.runtime import deadline
from app.storage.dynamodb.index.counters import Counters
from app.storage.dynamodb.index.repair import IndexRepair
from app.storage.vocabulary_writer import VocabularyWriter

log = logging.getLogger(__name__)

# A flood of requests for made-up ids must not fill the memory.
_MAX_IDS_TO_HEAL = 200
_MAX_FOLDS = 5


class IndexUpkeep:
    """The deferred maintenance of the index, with the ids whose rows disagree with the record."""

    def __init__(
        self, repair: IndexRepair, counters: Counters, vocabulary: VocabularyWriter
    ) -> None:
        self._repair = repair
        self._counters = counters
        self._vocabulary = vocabulary
        self._ids_to_heal: dict[str, None] = {}
        self._lock = Lock()

    def heal_later(self, employee_id: str) -> None:
        """Remember an id for ``run_if_due``, unless there are _MAX_IDS_TO_HEAL already."""
        with self._lock:
            if len(self._ids_to_heal) < _MAX_IDS_TO_HEAL:
                self._ids_to_heal[employee_id] = None

    def run_if_due(self) -> None:
        """Repair, fold and write what is due, with a deadline of its own; never fails."""
        if self._ids_to_heal or self._counters.needs_fold or self._vocabulary.has_unwritten:
            # In a copy of this context, where the deadline of the finished request does not apply.
            contextvars.copy_context().run(self._run)

    def _run(self) -> None:
        deadline.start()
        with self._lock:
            ids, self._ids_to_heal = list(self._ids_to_heal), {}
        try:
            for employee_id in ids:
                self._repair.heal(employee_id)
            for _ in range(_MAX_FOLDS if self._counters.needs_fold else 0):
                if not self._counters.fold():
                    break
            self._counters.needs_fold = False
        except StorageUnavailable as error:
            log.warning("the index was not repaired: %s", error)
        self._vocabulary.write()
