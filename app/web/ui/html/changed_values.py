"""What a field was and is: the rows of the table of a change."""

from collections.abc import Iterable
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

_NOTHING = Markup(f'<span class="diff-none">{NOTHING}</span>')
_LEFT_TO_RIGHT = frozenset({Kind.EMAIL, Kind.PHONE})


class Row(NamedTuple):
    """One field: its name and label, and what it was and is, as HTML."""

    name: str
    label: str
    was: Markup
    now: Markup


def rows_of(change: Change) -> tuple[Row, ...]:
    """Return a row for each field of a change; of who was added, what they have."""
    names = told_fields(change)
    if change.kind is ChangeKind.ADDED:
        names = tuple(name for name in names if change.now[name])
    return tuple(row_of(name, change.was.get(name, ""), change.now[name]) for name in names)


def row_of(name: str, was: Value, now: Value) -> Row:
    """Return the row of one field, with what is new marked."""
    return Row(name, field_label(name), value_html(name, was), _marked(name, was, now))


def value_html(name: str, value: Value) -> Markup:
    """Return a value for people to read."""
    return _html(name, value) if value else _NOTHING


def _html(name: str, value: Value) -> Markup:
    kind = FIELD[name].kind if name in FIELD else Kind.LINE
    if not isinstance(value, str):
        return Markup(escape(value_text(name, value)))
    if kind is Kind.PHOTO:
        return Markup("a photo")
    if kind is Kind.DATE:
        return Markup(escape(day(value)))
    if kind is Kind.TEXT:
        return Markup('<span class="diff-text" dir="auto">{}</span>').format(clean_text(value))
    text = escape(value)
    return Markup(f'<bdi dir="ltr">{text}</bdi>' if kind in _LEFT_TO_RIGHT else text)


def _marked(name: str, was: Value, now: Value) -> Markup:
    if not now:
        return _NOTHING
    if isinstance(now, str):
        is_other_photo = name == "photo_key" and bool(was)
        inner = Markup("another photo") if is_other_photo else _html(name, now)
        return Markup("<mark>{}</mark>").format(inner)
    return Markup(", ").join(_marked_names(name, was, now))


def _marked_names(name: str, was: Value, now: Iterable[str]) -> Iterable[Markup]:
    for key in now:
        label = escape_all(value_text(name, (key,)))
        yield label if key in was else Markup("<mark>{}</mark>").format(label)
