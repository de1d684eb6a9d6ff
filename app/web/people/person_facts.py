"""The facts on a person's page, without the missing ones."""

from collections.abc import Callable, Iterable
from datetime import date

from markupsafe import Markup

from app.model import leaving
from app.model.employee import Employee
from app.model.field_types import Field, Section
from app.model.fields import FIELDS
from app.model.kinds import known_time_zones
from app.text.plurals import count_of
from app.text.sanitizing import visible
from app.web.people.chat_links import chat_link
from app.web.ui.html.links import html_builder

Facts = list[tuple[str, Markup]]

_BUILDERS: dict[str, Callable[[str], Markup]] = {
    field.name: chat_link if field.name == "chat" else html_builder(field) for field in FIELDS
}
_CONTACT = tuple(field for field in FIELDS if field.section is Section.CONTACT and field.fact_label)
_OTHERS = tuple(
    field for field in FIELDS if field.section is not Section.CONTACT and field.fact_label
)


def contact_facts(employee: Employee) -> Facts:
    """Return label and value of each known way to reach somebody, in page order."""
    return _known(employee, _CONTACT)


def job_facts(employee: Employee) -> Facts:
    """Return label and value of each other known fact, in page order.

    The desk stands beside the location, and a time zone that is known has a block of its own.
    """
    return _known(employee, _OTHERS)


def _known(employee: Employee, fields: Iterable[Field]) -> Facts:
    facts = ((field.fact_label, _value(employee, field.name)) for field in fields)
    return [(label, value) for label, value in facts if value.strip()]


def _value(employee: Employee, name: str) -> Markup:
    text: str = getattr(employee, name)
    if name == "desk" and visible(employee.location):
        return Markup()
    if name == "time_zone" and text in known_time_zones():
        return Markup()
    return _BUILDERS[name](text) + _beside(employee, name)


def _beside(employee: Employee, name: str) -> Markup:
    """Return what stands behind a value: the desk, or how long somebody has been here."""
    if name == "location" and visible(employee.location) and visible(employee.desk):
        return Markup(", {}").format(visible(employee.desk))
    if name == "start_date":
        return Markup("{}").format(_time_here(employee.start_date, leaving.today()))
    return Markup()


def _time_here(start: str, today: str) -> str:
    """Return `` · 7 years`` from one day to another; months in the first year."""
    if not start or not leaving.is_day(start) or start > today:
        return ""
    first, last = date.fromisoformat(start), date.fromisoformat(today)
    months = 12 * (last.year - first.year) + last.month - first.month - (last.day < first.day)
    if months < 12:
        return f" · {count_of(months, 'month', 'months')}" if months else ""
    return f" · {count_of(months // 12, 'year', 'years')}"
