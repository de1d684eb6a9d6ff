"""What a field was and is, as rows of the table of a change."""

from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import NamedTuple

from markupsafe import Markup
from markupsafe import escape as escape_all

from app.history.changes import Change, ChangeKind, Value
from app.history.sentences import NOTHING, field_label, told_fields, value_text
from app.model.fields import FIELD
from app.model.kinds import Kind
from app.text.sanitizing import clean_text
from app.web.ui.dates import day
from app.web.ui.html.escaping import escape

_NONE = '<span class="diff-none">{}</span>'
_NOTHING = _NONE.format(NOTHING)
_NOBODY = _NONE.format("nobody")
_KINDS = {name: field.kind for name, field in FIELD.items()}
_HEAD = '<th role="columnheader" scope="col">{}</th> '
_BEGINNING = (
    '<table class="diff{}" role="table"><thead role="rowgroup" class="visually-hidden">'
    '<tr role="row">{}</tr></thead><tbody role="rowgroup">'
)
_CHANGED = _BEGINNING.format("", "".join(map(_HEAD.format, ("Field", "Was", "Now"))))
_ADDED = _BEGINNING.format(" diff-added", "".join(map(_HEAD.format, ("Field", "Now"))))


class Row(NamedTuple):
    """One field: its name and label, and what it was and is, as HTML."""

    name: str
    label: str
    was: Markup
    now: Markup


def row_of(name: str, was: Value, now: Value) -> Row:
    """Return the row of one field, with what is new marked."""
    values = _html(name, was) if was else _nothing(name), _marked(name, was, now)
    return Row(name, field_label(name), *map(Markup, values))


def value_html(name: str, value: Value) -> Markup:
    """Return the value of a field, or that there is none."""
    return Markup(_html(name, value) if value else _nothing(name))  # escaped by _html


def diff_html(change: Change) -> str:
    """Return the table of what each field was and is; of who was added, what they have."""
    is_added = change.kind is ChangeKind.ADDED
    names: Iterable[str] = told_fields(change)
    if is_added:
        names = [name for name in names if change.now[name]]
    if not names:
        return ""
    rows = "".join([_row_html(change, name, is_added) for name in names])
    return f"{_ADDED if is_added else _CHANGED}{rows}</tbody></table>"


@lru_cache(maxsize=256)
def _beginning(name: str) -> str:
    """Return the beginning of a row, up to the label of its field."""
    return f'<tr role="row"><th role="rowheader" scope="row">{escape(field_label(name))}</th> '


def _row_html(change: Change, name: str, is_added: bool) -> str:
    was, now = change.was.get(name, ""), change.now[name]
    before = _html(name, was) if was else _nothing(name)
    cell = "" if is_added else f'<td role="cell" class="diff-was" dir="auto">{before}</td> '
    return (
        f"{_beginning(name)}{cell}"
        f'<td role="cell" class="diff-now" dir="auto">{_marked(name, was, now)}</td></tr>'
    )


def _nothing(name: str) -> str:
    return _NOBODY if _KINDS.get(name) is Kind.PERSON else _NOTHING


def _html(name: str, value: Value) -> str:
    if not isinstance(value, str):
        return escape(value_text(name, value))
    kind = _KINDS.get(name, Kind.LINE)
    if kind is Kind.LINE:
        return escape(value)
    if kind is Kind.PHOTO:
        return "a photo"
    if kind is Kind.DATE:
        return escape(day(value))
    if kind is Kind.TEXT:
        return f'<span class="diff-text" dir="auto">{escape_all(clean_text(value))}</span>'
    text = escape(value)
    if kind is Kind.EMAIL:
        text = text.replace("@", "<wbr>@")
    return text if kind is Kind.TIME_ZONE else f'<bdi dir="ltr">{text}</bdi>'


def _marked(name: str, was: Value, now: Value) -> str:
    if not now:
        return _nothing(name)
    if not isinstance(now, str):
        return ", ".join(_marked_name(name, was, key) for key in now)
    is_other_photo = name == "photo_key" and bool(was)
    return f"<mark>{'another photo' if is_other_photo else _html(name, now)}</mark>"


def _marked_name(name: str, was: Collection[str], key: str) -> str:
    label = escape(value_text(name, (key,)))
    return label if key in was else f"<mark>{label}</mark>"
