"""The lines of a history: as text, since a page has many with a table each."""

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from markupsafe import Markup

from app.web.ui.html.escaping import escape
from app.web.ui.html.icons import icon_at


class ChangeLine(NamedTuple):
    """A change as a history shows it; what ends with ``_html`` is HTML, "" if there is none.

    ``face_html`` stands for its author, else the icon ``glyph``. ``undo`` is an address.
    """

    moment: str
    day: str
    time: str
    face_html: str
    glyph: str
    sentence_html: str
    way_html: str
    way_icon: str
    note_html: str
    note_icon: str
    diff_html: str
    remark: str
    undo: str


def days_html(lines: Iterable[ChangeLine], sprite: str) -> Markup:
    """Return lines, newest first, as a section for each day."""
    days = groupby(lines, lambda line: line.day)
    return Markup("").join(
        _day_html(number, day, group, sprite) for number, (day, group) in enumerate(days)
    )


def _day_html(number: int, day: str, lines: Iterable[ChangeLine], sprite: str) -> Markup:
    day = escape(day)
    items = "".join([_line_html(line, day, sprite) for line in lines])
    return Markup(
        f'<section class="day" aria-labelledby="day-{number}">'
        f'<h2 class="day-head" id="day-{number}">{day}</h2>'
        f'<ul class="changes" role="list">{items}</ul></section>\n'
    )


def _line_html(line: ChangeLine, day: str, sprite: str) -> str:
    moment, time = escape(line.moment), escape(line.time)
    face = line.face_html or f'<span class="way-glyph">{icon_at(sprite, line.glyph)}</span>'
    return (
        f'<li class="change" id="c{moment}">{face}<div class="change-text">'
        f'<p class="change-sentence">{line.sentence_html}</p>'
        f'<p class="change-way"><time datetime="{moment[:24]}" title="{day}, {time} '
        f'UTC">{time}</time> '
        f"{icon_at(sprite, line.way_icon)}<span>{line.way_html}</span></p>"
        f"{_notes_html(line, sprite)}{line.diff_html}</div>"
        f"{_undo_html(line.undo, time, sprite)}</li>\n"
    )


def _notes_html(line: ChangeLine, sprite: str) -> str:
    if not (line.remark or line.note_html):
        return ""
    remark = f'<p class="change-remark" dir="auto">{escape(line.remark)}</p>' if line.remark else ""
    if not line.note_html:
        return remark
    note_icon = icon_at(sprite, line.note_icon) if line.note_icon else ""
    return f'{remark}<p class="change-note">{note_icon}<span>{line.note_html}</span></p>'


def _undo_html(address: str, time: str, sprite: str) -> str:
    if not address:
        return ""
    return (
        f'<a class="button undo-button" href="{escape(address)}">'
        f"{icon_at(sprite, 'arrow-counterclockwise')}Undo"
        f'<span class="visually-hidden"> the change at {time}</span></a>'
    )
