"""The health check of the counting of reports."""

from datetime import UTC, datetime, timedelta

from app.contracts.checks import Check, Finding, failed, ok, warning
from app.directory.counting import Counting
from app.directory.counting_state import MAX_AGE

# A server begins within minutes; without one, such as where only commands run, nobody does.
_LATE = timedelta(hours=1)
_COMMAND, _HINT = "flask count-reports", "Count now"


def counting_check(counting: Counting) -> Check:
    """Return the check."""
    return Check("Counts of reports", lambda: check_counting(counting))


def check_counting(counting: Counting) -> Finding:
    """Check that how many stand below each manager was counted, and is not out of date."""
    state, now = counting.state(), datetime.now(UTC)
    if state.error:
        message = f"How many stand below each manager could not be counted: {state.error}."
        return failed(message.replace("..", "."), _COMMAND, "Mend that, then count")
    if state.counted_at is None:
        return ok("How many stand below each manager will be counted by a server.")
    when = f"{state.counted_at:%Y-%m-%d %H:%M} UTC"
    is_late = state.requested_at is not None and now - state.requested_at > _LATE
    if state.is_requested() and is_late:
        message = f"Managers were set since the counting of {when}, and nobody has counted again."
        return warning(message, _COMMAND, _HINT)
    if state.managers and now - state.counted_at > 2 * MAX_AGE:
        message = f"How many stand below each manager was last counted on {when}."
        return warning(message, _COMMAND, _HINT)
    return ok(f"Counted who stands below {state.managers:,} managers at {when}.")
