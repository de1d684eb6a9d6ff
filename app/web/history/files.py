"""Histories and the audit log as tables, for their exports."""

from collections.abc import Iterable, Iterator

from app.contracts.history import AuditEntry
from app.history.changes import Change
from app.history.sentences import author_name, field_label, sentence_of, text_of, value_text
from app.text.sanitizing import visible
from app.web.history import audit_wording
from app.web.history.audit_wording import NameOf
from app.web.ui.html.change_words import WAYS

HISTORY_HEADINGS = [
    "When (UTC)", "Who", "What", "How", "Source", "Row", "Field", "Was", "Now", "Version",
    "Undoes", "Request",
]  # fmt: skip

AUDIT_HEADINGS = [
    "When (UTC)", "Who", "What", "More", "How", "Source", "Person", "Person id", "Fields", "Event",
    "Request",
]  # fmt: skip


def history_rows(changes: Iterable[Change]) -> Iterator[list[str]]:
    """Yield a row for each field of each change."""
    for change in changes:
        through = change.through
        before = [
            _time(change.moment),
            visible(author_name(change.author)),
            visible(text_of(sentence_of(change))),
            WAYS[through.via].label,
            visible(through.source),
            str(through.row or ""),
        ]
        after = [str(change.version or ""), _time(through.undoes), through.request_id]
        for name, now in change.now.items():
            was = value_text(name, change.was.get(name, ""))
            yield [*before, field_label(name), was, value_text(name, now), *after]


def audit_rows(entries: Iterable[AuditEntry], name_of: NameOf) -> Iterator[list[str]]:
    """Yield a row for each entry."""
    for entry in entries:
        through, author = entry.through, entry.author
        yield [
            _time(entry.moment),
            visible(author.name or name_of(author.account_id) or author_name(author)),
            visible(text_of(audit_wording.sentence_of(entry, name_of))),
            visible(audit_wording.second_line(entry, name_of)),
            audit_wording.way_of(entry)[1],
            visible(through.source),
            visible(entry.full_name),
            entry.employee_id,
            ", ".join(map(field_label, entry.fields)),
            entry.event,
            through.request_id,
        ]


def _time(moment: str) -> str:
    return moment[:19].replace("T", " ")
