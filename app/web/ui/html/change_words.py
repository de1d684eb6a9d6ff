"""Who changed something, and how it came, as HTML."""

from collections.abc import Iterable
from typing import NamedTuple

from app.contracts.import_jobs import JOB_ID
from app.history.changes import Author, Through, Via
from app.history.sentences import Part, author_name
from app.web.ui.html.escaping import escape
from app.web.ui.urls import person_address


class Way(NamedTuple):
    """How a change came, as menus and lines name it."""

    icon: str
    label: str
    in_line: str


WAYS = {
    Via.PAGE: Way("window", "Page", "On the page"),
    Via.IMPORT: Way("upload", "Import", "Import"),
    Via.BULK: Way("people", "Bulk edit", "Bulk edit"),
    Via.MERGE: Way("people", "Merge", "Merge with another record"),
    Via.UNDO: Way("arrow-counterclockwise", "Undo", "Undo"),
    Via.COMMAND: Way("terminal", "Command", "Command"),
    Via.API: Way("key", "API token", "API token"),
    Via.SCIM: Way("arrow-left-right", "SCIM", "SCIM"),
    Via.OUTSIDE: Way("database", "Outside the directory", "Outside the directory"),
}
WAY_OPTIONS = tuple((via.value, way.label) for via, way in WAYS.items())
_GLYPHS = {Via.IMPORT: "file-earmark", Via.BULK: "people"}


def glyph_of(via: Via) -> str:
    """Return the icon in place of a face."""
    return _GLYPHS.get(via, WAYS[via].icon)


def sentence_html(sentence: Iterable[Part]) -> str:
    """Return a sentence with its names and fields in bold."""
    return "".join(
        f'<b dir="auto">{escape(part.text)}</b>' if part.is_strong else escape(part.text)
        for part in sentence
    )


def way_html(through: Through, author: Author, employee_id: str = "") -> str:
    """Return how a change came: by which file and row, command, token, or on the own page."""
    label = WAYS[through.via].in_line
    if through.via is Via.PAGE:
        is_own = bool(author.person_id) and author.person_id == employee_id
        return f"{label}, own profile" if is_own else label
    if through.via is Via.MERGE:
        return f'Merge with <a href="{escape(person_address(through.source))}">another record</a>'
    return f"{label} {source_html(through)}" if through.source else label


def source_html(through: Through) -> str:
    """Return the file with its row, the command or the token of a write; "" if it has none."""
    if not through.source or through.via is Via.MERGE:
        return ""
    source = escape(through.source)
    if through.via is Via.COMMAND:
        return f'<code class="code">{source}</code>'
    if JOB_ID.fullmatch(through.job):
        source = f'<a href="/import/{through.job}">{source}</a>'
    row = f", row {through.row:,}" if through.row else ""
    return f"<bdi>{source}</bdi>{row}"


def undone_html(address: str, words: str, by: Author) -> str:
    """Return that a change was undone, as a link to its undo, and by whom."""
    name = escape(author_name(by))
    return f'<a href="{escape(address)}">{escape(words)}</a> by <bdi>{name}</bdi>'
