"""The lines of a history: one for each change, under the day on which it was made."""

from collections.abc import Mapping
from itertools import groupby
from typing import NamedTuple

from markupsafe import Markup

from app.access.viewer import Viewer
from app.directory.histories import HistoryPage
from app.directory.undos import undo_of
from app.history.changes import Author, Change, ChangeKind, Via
from app.history.sentences import author_name, field_label, sentence_of
from app.history.undoing import Kept, Undo
from app.model.employee import Employee
from app.web.history.wording import Moment, moment_of
from app.web.ui.html.avatars import avatar
from app.web.ui.html.change_words import WAYS, sentence_html, undone_html, way_html
from app.web.ui.html.changed_values import Row, rows_of
from app.web.ui.urls import change_address, undo_address

# Changes of people show a face, all others the way by which they came.
_WITH_FACE = frozenset({Via.PAGE, Via.UNDO})
_GLYPHS = {Via.IMPORT: "file-earmark", Via.BULK: "people"}
# The first reason that holds is told.
_REASONS = {
    Kept.CHANGED_SINCE: "{} changed again later, so this one cannot be undone on its own.",
    Kept.PHOTO_GONE: "The photo of before was deleted, so it cannot come back. Upload it again.",
    Kept.FOREIGN: "This belongs to another program, which has to change it back.",
    Kept.NOT_YOURS: "Only an editor can undo this.",
}


class Line(NamedTuple):
    """A change as a history shows it; ``undo`` is an address, "" if it cannot be undone."""

    anchor: str
    moment: Moment
    face: Markup | None
    glyph: str
    sentence: Markup
    way: Markup
    way_icon: str
    note: str
    note_icon: str
    rows: tuple[Row, ...]
    is_added: bool
    undo: str
    remark: str


class Day(NamedTuple):
    """The changes of one day."""

    name: str
    lines: tuple[Line, ...]


def days_of(page: HistoryPage, viewer: Viewer) -> tuple[Day, ...]:
    """Return the changes of a page, newest first, by their days."""
    undone_by = {change.through.undoes: change for change in page.changes if change.through.undoes}
    lines = (line_of(change, page.employee, viewer, undone_by) for change in page.changes)
    return tuple(Day(name, tuple(group)) for name, group in groupby(lines, _day_of_line))


def _day_of_line(line: Line) -> str:
    return line.moment.day


def line_of(
    change: Change, employee: Employee, viewer: Viewer, undone_by: Mapping[str, Change]
) -> Line:
    """Return one change as a line; ``undone_by`` has the undo of each undone moment."""
    undo = undo_of(viewer, change, employee)
    via, later = change.through.via, undone_by.get(change.moment)
    has_face = via in _WITH_FACE and bool(change.author.name)
    return Line(
        anchor=f"c{change.moment}",
        moment=moment_of(change.moment),
        face=face_of(change.author, employee) if has_face else None,
        glyph=_GLYPHS.get(via, WAYS[via].icon),
        sentence=sentence_html(sentence_of(change)),
        way=way_html(change.through, change.author, change.employee_id),
        way_icon=WAYS[via].icon,
        note=_undone(change, later) if later else _reason(undo),
        note_icon="arrow-counterclockwise" if later else "",
        rows=rows_of(change),
        is_added=change.kind is ChangeKind.ADDED,
        undo=undo_address(employee.id, change.moment) if undo.is_possible else "",
        remark=change.through.note,
    )


def face_of(author: Author, employee: Employee | None = None) -> Markup:
    """Return the face of an author: with a photo if it is the person's own change."""
    is_own = employee is not None and author.person_id == employee.id
    photo_key = employee.photo_key if employee and is_own else ""
    face_id = author.person_id or author.account_id or author.name
    return avatar(face_id, author_name(author), photo_key, "tiny")


def _undone(change: Change, later: Change) -> Markup:
    then = moment_of(later.moment)
    on = "" if then.day == moment_of(change.moment).day else f" on {then.day}"
    address = change_address(change.employee_id, later.moment)
    return undone_html(address, f"Undone{on} at {then.time}", later.author)


def _reason(undo: Undo) -> str:
    """Return why nothing of a change can be undone; "" if something can."""
    if undo.is_possible:
        return ""
    for reason, sentence in _REASONS.items():
        names = [name for name, kept in undo.kept.items() if kept is reason]
        if names:
            return sentence.format(_subject(names))
    return "This is as it was before again." if undo.kept else ""


def _subject(names: list[str]) -> str:
    labels = " and ".join(", ".join(map(field_label, names)).rsplit(", ", 1))
    return f"{labels} {'was' if len(names) == 1 and not labels.endswith('s') else 'were'}"
