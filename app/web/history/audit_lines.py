"""The lines of the audit log: one for each entry, under its day."""

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from markupsafe import escape

from app.contracts.history import AuditEntry, AuditPage
from app.contracts.import_jobs import JOB_ID
from app.history.changes import Via
from app.history.sentences import field_label
from app.text.plurals import count_of, count_people
from app.web.history.audit_wording import (
    EVENTS,
    NameOf,
    glyph_of,
    second_line,
    sentence_of,
    way_of,
)
from app.web.history.lines import WITH_FACE, face_html
from app.web.history.wording import Moment, moment_of
from app.web.ui.html.change_words import sentence_html, source_html
from app.web.ui.urls import change_address, person_address

# What a job is called, by the way of its entry.
_JOB_NOUNS = {Via.BULK: "edit", Via.UNDO: "undo"}


class EntryLine(NamedTuple):
    """An entry as the audit log shows it, with what its details say."""

    moment: Moment
    face: str  # HTML, as are the sentence and the way
    glyph: str
    sentence: str
    second: str
    way: str
    way_icon: str
    fields: str
    remark: str
    change: str  # addresses, "" where there is nothing to link to
    person: str
    job: str
    noun: str
    is_undoable: bool
    request_id: str


class EntryDay(NamedTuple):
    """The entries of one day; ``told`` says their number if the page has all of them."""

    name: str
    told: str
    lines: tuple[EntryLine, ...]


def days_of(page: AuditPage, name_of: NameOf, *, is_first: bool) -> tuple[EntryDay, ...]:
    """Return the entries of a page by their days, newest first."""
    days = [(day, tuple(group)) for day, group in groupby(page.entries, _day_of)]
    return tuple(
        EntryDay(
            moment_of(entries[0].moment).day,
            _count(entries) if _is_whole(page, at, len(days), is_first=is_first) else "",
            tuple(_line(entry, name_of) for entry in entries),
        )
        for at, (_, entries) in enumerate(days)
    )


def _day_of(entry: AuditEntry) -> str:
    return entry.moment[:10]


def _is_whole(page: AuditPage, at: int, days: int, *, is_first: bool) -> bool:
    """Return whether a day neither began on the page before nor goes on on the next."""
    return (at > 0 or is_first) and (at < days - 1 or page.older is None)


def _count(entries: Iterable[AuditEntry]) -> str:
    listed = list(entries)
    people = {each.author.account_id or each.author.name for each in listed} - {""}
    entries_told = count_of(len(listed), "entry", "entries")
    return f"{entries_told} by {count_people(len(people))}" if people else entries_told


def _line(entry: AuditEntry, name_of: NameOf) -> EntryLine:
    through = entry.through
    is_event, is_job = entry.event in EVENTS, bool(JOB_ID.fullmatch(through.job))
    has_face = not is_event and through.via in WITH_FACE and bool(entry.author.name)
    icon, label = way_of(entry)
    has_change = bool(entry.employee_id) and not is_event and not through.job
    return EntryLine(
        moment=moment_of(entry.moment),
        face=face_html(entry.author) if has_face else "",
        glyph=glyph_of(entry),
        sentence=sentence_html(sentence_of(entry, name_of)),
        second=second_line(entry, name_of),
        way=source_html(through)
        if through.via is Via.COMMAND and through.source
        else escape(label),
        way_icon=icon,
        fields=", ".join(map(field_label, entry.fields)),
        remark=through.note,
        change=change_address(entry.employee_id, entry.moment) if has_change else "",
        person=person_address(entry.employee_id) if entry.employee_id else "",
        job=f"/import/{through.job}" if is_job else "",
        noun=_JOB_NOUNS.get(through.via, "import"),
        is_undoable=is_job and through.via in (Via.IMPORT, Via.BULK),
        request_id=through.request_id,
    )
