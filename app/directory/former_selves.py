"""What somebody was called before, as their history tells: erasing them takes that away, too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from app.contracts import MAX_BATCH, EmployeeStore
from app.contracts.history import HistoryStore
from app.history.changes import Change
from app.history.folding import Content, with_change
from app.model.employee import Employee

_CHANGES_READ = 500
# By what people are found, and named in files.
_TELLING = (
    *("full_name", "preferred_name", "email", "phone", "mobile"),
    *("job_title", "department", "location"),
)


def former_selves(
    employees: EmployeeStore, history: HistoryStore | None, person: Employee
) -> tuple[Employee, ...]:
    """Return the person as they were called and reached before, at most MAX_BATCH different ones.

    A name or an address that somebody else has by now is left out: it is theirs.
    """
    found: dict[Employee, None] = {}
    for content in _contents(history, person.id):
        values: dict[str, Any] = {name: content[name] for name in _TELLING if content.get(name)}
        found.setdefault(Employee(**{"id": person.id, "full_name": "", **values}))
        if len(found) == MAX_BATCH:
            break
    return _own(employees, person, tuple(found))


def _contents(history: HistoryStore | None, employee_id: str) -> Iterator[Content]:
    content: Content = {}
    for change in _changes(history, employee_id):
        yield from (change.was, change.base or {})
        content = with_change(content, change)
        yield content


def _changes(history: HistoryStore | None, employee_id: str) -> Iterator[Change]:
    moment = ""
    while history is not None:
        changes = history.changes_since(employee_id, moment, _CHANGES_READ)
        yield from changes
        if len(changes) < _CHANGES_READ:
            return
        moment = changes[-1].moment


def _own(
    employees: EmployeeStore, person: Employee, former: tuple[Employee, ...]
) -> tuple[Employee, ...]:
    names = employees.find_by_name(list({each.full_name for each in former if each.full_name}))
    emails = employees.find_by_email(list({each.email for each in former if each.email}))
    taken_names = {
        name for name, others in names.items() if any(each.id != person.id for each in others)
    }
    taken_emails = {email for email, ids in emails.items() if set(ids) - {person.id}}
    return tuple(
        replace(
            each,
            full_name="" if each.full_name in taken_names else each.full_name,
            email="" if each.email in taken_emails else each.email,
        )
        for each in former
    )
