"""The thread that starts pending imports, so that one resumes whatever was killed."""

import logging
from collections.abc import Callable

from app.imports.importer import Importer
from app.model.errors import StorageUnavailable
from app.runtime import deadline
from app.runtime.background import BackgroundThread
from app.runtime.runtime_dir import RuntimeDir

log = logging.getLogger(__name__)

FIRST_LOOK_SECONDS = 1.0
LOOK_SECONDS = 5.0
_MAX_LOOK_SECONDS = 4.0

# Works on the import with this id until it ends or waits.
Launch = Callable[[str], None]


class ImportScheduler(BackgroundThread):
    """Checks every LOOK_SECONDS, in one process of a machine, whether an import needs work."""

    def __init__(self, importer: Importer, folder: RuntimeDir, launch: Launch) -> None:
        super().__init__("imports", folder, LOOK_SECONDS, FIRST_LOOK_SECONDS)
        self.importer = importer
        self.launch = launch

    def run_once(self) -> bool:
        """Launch the oldest import that needs work; return whether there was one."""
        try:
            with deadline.within(_MAX_LOOK_SECONDS):
                job_id = self.importer.due()
            if job_id is not None:
                self.launch(job_id)
        except StorageUnavailable as error:
            log.warning("imports are waiting: %s", error)
            return False
        return job_id is not None
