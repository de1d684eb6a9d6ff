"""The manager in a person's form: found by a name or an email address, and checked."""

from typing import NamedTuple

from flask import request

from app.contracts import Query
from app.model import leaving
from app.model.employee import Card, Employee
from app.model.errors import EmployeeNotFound, NotAllowed, ReportingLoop, StorageUnavailable
from app.text.sanitizing import clean_line, visible
from app.web.current import current_directory, current_lines, current_viewer
from app.web.forms.fields import EmployeeForm, posted_manager
from app.web.ui.display_names import display_name

MAX_HITS = 8
# The box in which a name is typed, and the button that looks for it.
TYPED, FIND = "manager_name", "find_manager"
MAX_TYPED = 200
_MAX_NAMES = 8


class Option(NamedTuple):
    """Somebody who can be chosen; "" is the id of nobody.

    ``manager`` is the id of whom they report to now, where that matters, and ``version`` that of
    their record. Who ``is_fixed`` is shown, but cannot be chosen.
    """

    id: str
    name: str
    note: str = ""
    photo_key: str = ""
    is_chosen: bool = False
    manager: str | None = None
    version: int = 0
    is_fixed: bool = False


class ManagerChoice(NamedTuple):
    """Who can be chosen: who is, and who was found; ``typed`` is what was looked for."""

    chosen: Option
    found: tuple[Option, ...] = ()
    typed: str = ""


def typed_manager() -> str:
    """Return what was typed to find a manager."""
    return clean_line(request.form.get(TYPED, "")[:MAX_TYPED])


def is_finding() -> bool:
    """Return whether the form was sent to find a manager, not to be saved."""
    return FIND in request.form


def find_managers(words: str) -> tuple[Option, ...]:
    """Return the first of those whom a search of the list finds, and who have similar names."""
    query = Query(words=words)
    if not query.search_words:
        return ()
    page, similar = current_directory().search(current_viewer(), query)
    cards = (*page.cards, *(suggestion.card for suggestion in similar.people))
    return tuple(_option(card) for card in cards[:MAX_HITS])


def manager_choice(form: EmployeeForm, *, read: bool) -> ManagerChoice:
    """Return who can be chosen in this form; without ``read``, by what the form holds alone."""
    return choice_of(form.manager.data or "", read=read, find="manager" not in form.fixed)


def choice_of(manager_id: str, *, read: bool, find: bool = True) -> ManagerChoice:
    """Return who can be chosen in a form in which somebody, or with "" nobody, is chosen."""
    try:
        chosen = _chosen(manager_id, read=read)
        typed = typed_manager()
        found = find_managers(typed) if read and typed and find else ()
    except (StorageUnavailable, NotAllowed):
        return ManagerChoice(_chosen(manager_id, read=False))
    return ManagerChoice(chosen, tuple(one for one in found if one.id != chosen.id), typed)


def _chosen(employee_id: str, *, read: bool) -> Option:
    if not employee_id:
        return Option("", "Nobody", is_chosen=True)
    try:
        employee = current_directory().get(current_viewer(), employee_id) if read else None
    except EmployeeNotFound:
        employee = None
    if employee is None:
        return Option(posted_manager(employee_id), employee_id, is_chosen=True)
    return _option(employee)._replace(is_chosen=True)


def _option(person: Card | Employee) -> Option:
    note = " · ".join(filter(None, (person.job_title, person.location)))
    name = display_name(person.full_name, person.id)
    return Option(person.id, name, note, person.photo_key)


def accepts(form: EmployeeForm, stored: Employee | None) -> bool:
    """Check the input, and the manager if it is a new one; problems are told at their fields."""
    is_valid = bool(form.validate())
    if form.manager.errors or "manager" in form.fixed:
        return is_valid
    if message := manager_problem(form.manager.data or "", stored.manager if stored else ""):
        form.reject("manager", message)
    return is_valid and not message


def manager_problem(manager_id: str, current: str = "") -> str:
    """Return why somebody cannot be chosen as the manager, who now is ``current``; "" if so."""
    if typed := typed_manager():
        return f"Choose who is meant by “{typed}”, or empty the box in which you typed it"
    if not manager_id or manager_id == current:
        return ""
    try:
        manager = current_directory().get(current_viewer(), manager_id)
    except EmployeeNotFound:
        return f"Nobody here has the id “{manager_id[:100]}”. Find the manager by name"
    if leaving.has_left(manager, leaving.today()):
        return f"{_name(manager_id)} has left. Choose somebody who works here"
    return ""


def manager_above(employee: Employee) -> Employee | None:
    """Return the manager of who leaves, if they are here to stay in charge."""
    manager = current_lines().manager_of(current_viewer(), employee)
    if manager is None or leaving.has_left(manager, leaving.today()):
        return None
    return manager


def loop_sentence(error: ReportingLoop) -> str:
    """Say who would report to whom in a circle, by name, and what to do."""
    return f"{circle_words(error)}. Choose somebody else"


def what_a_loop_left(error: ReportingLoop, nothing: str = "Nothing was changed.") -> str:
    """Say whether anything was saved, and what to do."""
    kept = nothing if error.saved is None else "Everything was saved but the manager."
    return f"{kept} {loop_sentence(error)}."


def circle_words(error: ReportingLoop) -> str:
    """Say who would report to whom in a circle, by name."""
    line = error.employee_ids
    if len(line) < 2:
        return "Nobody can report to themselves"
    names = [_name(employee_id) for employee_id in line[: _MAX_NAMES - 1]]
    if len(line) > _MAX_NAMES:
        names.append("…")
    first = _name(line[-1])
    circle = " → ".join((first, *names, *([] if len(line) < _MAX_NAMES else [first])))
    return f"The reporting line would go round in a circle: {circle}"


def manager_shown(employee_id: str) -> str:
    """Return the name of a manager, or what is stored if it is nobody's id."""
    return _name(employee_id) if employee_id else "Nobody"


def _name(employee_id: str) -> str:
    try:
        full_name = current_directory().get(current_viewer(), employee_id).full_name
    except (EmployeeNotFound, NotAllowed, StorageUnavailable):
        return visible(employee_id)
    return display_name(full_name, employee_id)
