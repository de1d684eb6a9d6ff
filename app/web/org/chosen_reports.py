"""The form that adds direct reports: who is chosen, and what is told of those who are not added."""

from collections.abc import Sequence
from typing import NamedTuple

from flask import request

from app.directory.added_reports import ReportNotAdded, Seen, Why
from app.model.employee import Employee
from app.model.errors import DirectoryError, EmployeeNotFound, ReportingLoop
from app.text.sanitizing import visible
from app.web.current import current_directory, current_viewer
from app.web.forms.managers import circle_words, manager_shown
from app.web.ui.display_names import display_name

# So many come to report to somebody in one request, and so many more are given back.
MAX_ADDED = 25
_MAX_CHOSEN = 100
_MAX_NAMED = 8
_WHY = {
    Why.HAS_LEFT: "has left",
    Why.REPORTS_ALREADY: "reports to {manager} already",
    Why.CHANGING: "is changed by others at this moment. Try again",
}
_MOVED = (
    "was given another manager meanwhile, and reports to {} now. Choose them again to move them"
)


class Chosen(NamedTuple):
    """Somebody who was chosen; ``seen`` is what was shown of them, None if nothing was."""

    id: str
    name: str
    seen: Seen | None = None


class NotAdded(NamedTuple):
    """Somebody who was not added: their name and a sentence that goes on after it."""

    name: str
    reason: str


def chosen_reports() -> list[Chosen]:
    """Return who is chosen in the posted form, each once."""
    form = request.form
    ids = [each for each in dict.fromkeys(form.getlist("report")) if each][:_MAX_CHOSEN]
    return [
        Chosen(each, display_name(form.get(f"name-{each}", ""), each), _seen(each)) for each in ids
    ]


def _seen(employee_id: str) -> Seen | None:
    version, space, manager = request.form.get(f"seen-{employee_id}", "").partition(" ")
    is_seen = bool(space) and version.isascii() and version.isdigit() and len(version) < 16
    return Seen(manager, int(version)) if is_seen else None


def reason_of(error: DirectoryError, manager: Employee) -> str:
    """Return why somebody was not added."""
    name = display_name(manager.full_name, manager.id)
    if isinstance(error, ReportNotAdded):
        if error.why is Why.MOVED:
            now = error.stored.manager
            return _MOVED.format(manager_shown(now) if now else "nobody")
        return _WHY[error.why].format(manager=name)
    if isinstance(error, ReportingLoop):
        return f"cannot report to {name}. {circle_words(error)}"
    if isinstance(error, EmployeeNotFound):
        return "is not here any more"
    return f"was not changed. {error}".rstrip(".")


def name_of(chosen: Chosen) -> str:
    """Return the name of somebody who was chosen, also where the form does not tell it."""
    if chosen.name != display_name("", chosen.id):
        return chosen.name
    try:
        full_name = current_directory().get(current_viewer(), chosen.id).full_name
    except EmployeeNotFound:
        return visible(chosen.id)[:100]
    return display_name(full_name, chosen.id)


def in_words(names: Sequence[str]) -> str:
    """Return names as a part of a sentence; many of them are counted."""
    shown = [name if len(name) <= 60 else f"{name[:59]}…" for name in names[:_MAX_NAMED]]
    if more := len(names) - len(shown):
        shown.append(f"{more} more")
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))
