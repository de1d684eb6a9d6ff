"""The lines of a history: what each change says, and whether it can be undone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from flask import current_app
from markupsafe import Markup

from app.access.viewer import Viewer
from app.directory.histories import HistoryPage
from app.directory.undos import undo_of
from app.history.changes import Author, Change, Via
from app.history.sentences import author_name, field_label, sentence_of
from app.history.undoing import Kept, Undo
from app.model.employee import Employee
from app.web.forms.manager_names import managers_in, with_name
from app.web.history.wording import moment_of
from app.web.ui.html.avatars import avatar_html
from app.web.ui.html.change_words import WAYS, glyph_of, sentence_html, undone_html, way_html
from app.web.ui.html.changed_values import diff_html
from app.web.ui.html.changes import ChangeLine, days_html
from app.web.ui.html.escaping import escape
from app.web.ui.urls import change_address, undo_address

# Changes of people show a face, all others the way by which they came.
WITH_FACE = frozenset({Via.PAGE, Via.UNDO})
# The first reason that holds is told.
_REASONS = {
    Kept.CHANGED_SINCE: "{} changed again later, so this one cannot be undone on its own.",
    Kept.PHOTO_GONE: "The photo of before was deleted, so it cannot come back. Upload it again.",
    Kept.FOREIGN: "This belongs to another program, which has to change it back.",
    Kept.NOT_YOURS: "Only an editor can undo this.",
}


def page_html(page: HistoryPage, viewer: Viewer) -> Markup:
    """Return the changes of a page, newest first, by their days."""
    return days_html(_lines(page, viewer), current_app.extensions["sprite"])


def _lines(page: HistoryPage, viewer: Viewer) -> Iterator[ChangeLine]:
    undone_by = {change.through.undoes: change for change in page.changes if change.through.undoes}
    faces: dict[Author, str] = {}
    names = _names(page.changes)
    for change in page.changes:
        author = change.author
        face = ""
        if change.through.via in WITH_FACE and author.name:
            face = faces.get(author, "")
            if not face:
                face = faces[author] = face_html(author, page.employee)
        diff = diff_html(_named(change, names) if names else change)
        yield _line_of(change, page.employee, viewer, undone_by.get(change.moment), face, diff)


def _names(changes: Sequence[Change]) -> dict[str, str]:
    """Return the names of the managers whom these changes name by their ids."""
    told = [change for change in changes if "manager" in change.now]
    return managers_in([each for change in told for each in (change.was, change.now)])


def _named(change: Change, names: Mapping[str, str]) -> Change:
    return replace(change, was=with_name(change.was, names), now=with_name(change.now, names))


def _line_of(
    change: Change, employee: Employee, viewer: Viewer, later: Change | None, face: str, diff: str
) -> ChangeLine:
    """Return one change as a line; ``later`` is its undo."""
    undo = undo_of(viewer, change, employee)
    via = change.through.via
    made = moment_of(change.moment)
    return ChangeLine(
        moment=change.moment,
        day=made.day,
        time=made.time,
        face_html=face,
        glyph=glyph_of(via),
        sentence_html=sentence_html(sentence_of(change)),
        way_html=way_html(change.through, change.author, change.employee_id),
        way_icon=WAYS[via].icon,
        note_html=_undone(change, later) if later else _reason_html(undo),
        note_icon="arrow-counterclockwise" if later else "",
        diff_html=diff,
        remark=change.through.note,
        undo=undo_address(employee.id, change.moment) if undo.is_possible else "",
    )


def face_html(author: Author, employee: Employee | None = None) -> str:
    """Return the face of an author: with a photo if it is the person's own change."""
    is_own = employee is not None and author.person_id == employee.id
    photo_key = employee.photo_key if employee and is_own else ""
    face_id = author.person_id or author.account_id or author.name
    return avatar_html(face_id, author_name(author), photo_key, "tiny")


def _undone(change: Change, later: Change) -> str:
    then = moment_of(later.moment)
    on = "" if then.day == moment_of(change.moment).day else f" on {then.day}"
    address = change_address(change.employee_id, later.moment)
    return undone_html(address, f"Undone{on} at {then.time}", later.author)


def _reason_html(undo: Undo) -> str:
    """Return why nothing of a change can be undone; "" if something can."""
    if undo.is_possible:
        return ""
    told = undo.kept.values()
    for reason, sentence in _REASONS.items():
        if reason in told:
            names = [name for name, kept in undo.kept.items() if kept is reason]
            return sentence.format(_subject_html(tuple(names)))
    return "This is as it was before again." if undo.kept else ""


@lru_cache(maxsize=512)  # fields, and nothing of anybody
def _subject_html(names: tuple[str, ...]) -> str:
    labels = " and ".join(", ".join(map(field_label, names)).rsplit(", ", 1))
    verb = "was" if len(names) == 1 and not labels.endswith("s") else "were"
    return escape(f"{labels} {verb}")
