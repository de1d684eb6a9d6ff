"""Entries of the audit log by the same rules in every store, and its filters."""

from app.contracts.history import AuditEntry, AuditQuery
from app.history.changes import Change, ChangeKind, Write
from app.text.folding import fold

ADDED, CHANGED, LEFT, RESTORED, ERASED = "added", "changed", "left", "restored", "erased"


def entry_of(change: Change) -> AuditEntry | None:
    """Return the entry of a change; None of one that is part of a job, which has its own."""
    if change.through.job:
        return None
    return AuditEntry(
        moment=change.moment,
        event=_event_of(change),
        employee_id=change.employee_id,
        full_name=change.full_name,
        fields=change.fields,
        author=change.author,
        through=change.through,
    )


def _event_of(change: Change) -> str:
    if change.kind is ChangeKind.ADDED:
        return ADDED
    was, now = change.was.get("left_on"), change.now.get("left_on")
    if bool(was) is not bool(now):
        return LEFT if now else RESTORED
    return CHANGED


def erasure_entry(write: Write, moment: str) -> AuditEntry | None:
    """Return the entry of somebody's erasure, without who it was; None if a job tells of it."""
    if write.through.job:
        return None
    return AuditEntry(moment=moment, event=ERASED, author=write.author, through=write.through)


def meets(entry: AuditEntry, query: AuditQuery) -> bool:
    """Return whether an entry meets every filter of a query."""
    author, through, day = entry.author, entry.through, entry.moment[:10]
    return (
        query.account_id in ("", author.account_id)
        and query.author in ("", author.name)
        and query.via in ("", through.via.value)
        and query.event in ("", entry.event)
        and (not query.since or day >= query.since)
        and (not query.until or day <= query.until)
        and (not query.words or _has_words(entry, query.words))
    )


def _has_words(entry: AuditEntry, words: str) -> bool:
    through = entry.through
    text = fold(f"{entry.full_name}\n{through.source}\n{through.request_id}")
    return all(word in text for word in fold(words).split())
