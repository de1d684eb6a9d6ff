"""Note in the audit log how many people a command has added at once."""

from datetime import UTC, datetime

from app.commands.running import current_directory, current_operator
from app.contracts.history import AuditEntry
from app.history.authors import author_of
from app.history.changes import Through
from app.history.difference import next_moment


def note_added(added: int, through: Through) -> None:
    """Write one line for all who were added in this way; none if nobody was."""
    history = current_directory().history
    if history is None or not added:
        return
    entry = AuditEntry(
        moment=next_moment("", datetime.now(UTC)),
        event="import",
        counts=(("added", added),),
        author=author_of(current_operator()),
        through=through,
    )
    history.note(entry)
