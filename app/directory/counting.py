"""The counting of how many stand below each manager: asked for, begun by one machine, stored."""

import logging
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from app.access.viewer import Viewer
from app.contracts import MAX_BATCH, EmployeeStore
from app.contracts.reports import ReportCount, ReportStore
from app.directory.below_counts import BelowCounts
from app.directory.counting_state import (
    LEASE_LIFE,
    MAX_LARGEST,
    MAX_LARGEST_ID,
    CountingState,
    state_from,
)
from app.model import leaving
from app.model.employee import Employee
from app.model.errors import DirectoryError, StorageUnavailable
from app.runtime.ttl import TtlValue

log = logging.getLogger(__name__)

_RENEW_SECONDS = 10.0
# So long a page may show what the last counting found before this one.
_SEEN_SECONDS = 10.0
_MAX_CHANGES = 20
Change = Callable[[CountingState], CountingState]


class AlreadyCounting(DirectoryError):
    """Another process counts now."""

    def __init__(self) -> None:
        super().__init__(
            "Another process counts the reports now: wait until it ends. "
            "If it was killed, its lease ends within a minute."
        )


class CountingLost(DirectoryError):
    """Another process has taken the counting over, as after a long sleep of this one."""

    def __init__(self) -> None:
        super().__init__("Another process has taken the counting over, so this one has ended.")


# That another process counts is no failure.
BEING_COUNTED = (AlreadyCounting, CountingLost)


class Counting:
    """Counts how many stand below each manager of one directory, one process at a time."""

    def __init__(self, reports: ReportStore, employees: EmployeeStore) -> None:
        self._reports = reports
        self._employees = employees
        self._seen: TtlValue[CountingState] = TtlValue(_SEEN_SECONDS)

    def state(self) -> CountingState:
        """Return the state as it is stored now. Raises StorageUnavailable."""
        return state_from(self._reports.counting_state())

    def seen_state(self) -> CountingState:
        """Return the state, at most some seconds old; an empty one if the store does not answer."""

        def read(last: CountingState | None) -> CountingState:
            try:
                return self.state()
            except StorageUnavailable:
                return last or CountingState()

        return self._seen.get(read)

    def request(self) -> None:
        """Ask for a counting, since managers were set. Never raises: it is done daily anyway."""
        try:
            self._change(lambda state: replace(state, requested_at=_now(), failures=0))
        except DirectoryError as error:
            log.warning("a counting of reports could not be asked for: %s", error)

    def note_uncounted(self) -> None:
        """Ask for a counting, unless one was lately: somebody leads others who was not counted."""
        if self.seen_state().may_be_repeated(_now()):
            self.request()

    def note_failure(self, reason: str, *, was_killed: bool = False) -> None:
        """Store why a counting failed, for the health check; log it. Never raises.

        One that was killed on this machine has not given its lease back: it is ended here.
        """
        log.error("how many stand below each manager could not be counted: %s", reason)

        def failed(state: CountingState) -> CountingState:
            failures = state.failures + 1
            ended = replace(state, holder="", held_until=None) if was_killed else state
            return replace(ended, error=reason, failed_at=_now(), failures=failures)

        try:
            self._change(failed)
        except DirectoryError as error:
            log.warning("this could not be stored: %s", error)

    def erase(self, person: Employee, *, by: Viewer, former: Sequence[Employee] = ()) -> None:
        """Implement Traces.erase: the id stays neither with a count nor as the top."""
        self._reports.store_counts({person.id: ReportCount(0)})
        self._change(lambda state: _without(state, person.id))

    def note_refusal(self, error: DirectoryError) -> None:
        """Store and log an error of ``run``, unless another process counts. Never raises."""
        if not isinstance(error, BEING_COUNTED):
            self.note_failure(str(error))

    def run(self) -> CountingState:
        """Count now, and return the state. Safe to kill and to repeat.

        Raises AlreadyCounting, CountingLost and StorageUnavailable.
        """
        holder, begun = secrets.token_hex(8), _now()
        self._change(lambda state: _held(state, holder))
        try:
            state = self._count(holder, begun)
            return self._seen.get(lambda _: state, 0)
        finally:
            self._release(holder)

    def _count(self, holder: str, begun: datetime) -> CountingState:
        renewed = time.monotonic()

        def renew() -> None:
            nonlocal renewed
            if time.monotonic() - renewed >= _RENEW_SECONDS:
                self._change(lambda state: _renewed(state, holder))
                renewed = time.monotonic()

        counts = BelowCounts.of(self._reports.iter_managers, renew)
        for batch in counts.batches(begun):
            renew()
            self._reports.store_counts(batch)
        self._change(lambda state: _renewed(state, holder))  # nobody else has counted meanwhile
        self._reports.forget_counts(begun)
        top_id, top_below = self._top(counts)
        found = CountingState(
            counted_at=begun,
            managers=len(counts.ids),
            people=counts.people,
            top_id=top_id,
            top_below=top_below,
            largest=self._largest(counts),
        )
        return self._change(lambda state: _found(state, holder, found))

    def _top(self, counts: BelowCounts) -> tuple[str, int]:
        """Return who has the most below of those who are here and have no manager."""
        tops = counts.tops(MAX_BATCH)
        found = self._employees.get_many(tops) if tops else {}
        today = leaving.today()
        for employee_id, below in tops.items():
            person = found.get(employee_id)
            if person and not person.manager and not leaving.has_left(person, today):
                return employee_id, below
        return "", 0

    def _largest(self, counts: BelowCounts) -> tuple[tuple[str, int], ...]:
        """Return who of those here leads the most; a far too long id is left out."""
        most = counts.largest(MAX_BATCH)
        found = self._employees.get_many(most) if most else {}
        today = leaving.today()
        here = [
            (key, direct)
            for key, direct in most.items()
            if key in found and not leaving.has_left(found[key], today)
            if len(key) <= MAX_LARGEST_ID
        ]
        return tuple(here[:MAX_LARGEST])

    def _release(self, holder: str) -> None:
        def release(state: CountingState) -> CountingState:
            is_ours = state.holder == holder
            return replace(state, holder="", held_until=None) if is_ours else state

        try:
            self._change(release)
        except DirectoryError:
            return  # the lease ends by itself

    def _change(self, change: Change) -> CountingState:
        for _ in range(_MAX_CHANGES):
            before = self._reports.counting_state()
            state = change(state_from(before))
            after = state.as_text()
            if after == before or self._reports.change_counting_state(before, after):
                return state
        raise DirectoryError("The state of the counting was being changed by other processes.")


def _now() -> datetime:
    return datetime.now(UTC)


def _held(state: CountingState, holder: str) -> CountingState:
    if state.is_held(_now()) and state.holder != holder:
        raise AlreadyCounting
    return replace(state, holder=holder, held_until=_now() + LEASE_LIFE)


def _renewed(state: CountingState, holder: str) -> CountingState:
    if state.holder != holder:
        raise CountingLost
    return replace(state, held_until=_now() + LEASE_LIFE)


def _without(state: CountingState, employee_id: str) -> CountingState:
    largest = tuple(each for each in state.largest if each[0] != employee_id)
    kept = replace(state, largest=largest)
    return replace(kept, top_id="", top_below=0) if state.top_id == employee_id else kept


def _found(state: CountingState, holder: str, found: CountingState) -> CountingState:
    """Return what a counting found; what was asked for meanwhile stays."""
    held = _renewed(state, holder)
    return replace(
        found, requested_at=held.requested_at, holder=held.holder, held_until=held.held_until
    )
