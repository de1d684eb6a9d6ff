"""The page on which the other record is chosen, by search or of those that are alike."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.contracts import Query
from app.directory.merging import CannotMerge, suggest
from app.model.employee import Card, card_of
from app.text.sanitizing import clean_line, visible
from app.web.current import current_directory, current_viewer
from app.web.forms.rendering import Notice
from app.web.ui.display_names import display_name

_MOST_FOUND = 8
_MAX_WORDS = 200
_GONE = "The other record is not in the directory any more. Choose another one."


def refusal(error: Exception) -> Notice:
    """Return what is told of two records that cannot be merged, or taken apart."""
    return Notice("warning", str(error) if isinstance(error, CannotMerge) else _GONE)


def choose(
    employee_id: str, notice: Notice | None = None, status: int = 200
) -> ResponseReturnValue:
    """Ask for the other record."""
    directory, viewer = current_directory(), current_viewer()
    employee = directory.get(viewer, employee_id)
    words = visible(clean_line(request.args.get("q", "")[:_MAX_WORDS]))
    found: list[Card] = []
    if words:
        shown = directory.browse(viewer, Query(words=words), limit=_MOST_FOUND + 1)
        found = [card for card in shown.cards if card.id != employee_id][:_MOST_FOUND]
    suggested = [] if words else map(card_of, suggest(directory, viewer, employee).values())
    page = render_template(
        "merge_choose.html",
        employee=employee,
        name=display_name(employee.full_name, employee.id),
        words=words,
        found=found,
        suggested=list(suggested),
        notice=notice,
    )
    return page, status
