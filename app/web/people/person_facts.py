"""The facts on a person's page, without the missing ones."""

from __future__ import annotations

from markupsafe import Markup, escape

from app.model.employee import Employee
from app.text.sanitizing import visible
from app.text.search_keys import month_of
from app.web.ui.dates import day, is_day
from app.web.ui.html.cards import mail_link, phone_link
from app.web.ui.urls import list_address


def person_facts(employee: Employee) -> list[tuple[str, Markup]]:
    """Return label and value of each known fact, in page order."""
    facts = (
        ("Goes by", escape(visible(employee.preferred_name))),
        ("Pronouns", escape(visible(employee.pronouns))),
        ("Department", _filter_link("department", employee.department)),
        ("Location", _filter_link("location", employee.location)),
        ("Email", mail_link(employee.email)),
        ("Phone", phone_link(employee.phone)),
        ("Start date", _started(employee.start_date)),
    )
    return [(label, value) for label, value in facts if value]


def _filter_link(name: str, value: str) -> Markup:
    """Return the value as a link to everyone who has it."""
    words = visible(value)
    return (
        Markup('<a href="{}">{}</a>').format(list_address(**{name: value}), words)
        if words
        else Markup()
    )


def _started(iso: str) -> Markup:
    if not iso or not is_day(iso):
        return escape(visible(iso))
    words = Markup('<time datetime="{}">{}</time>').format(iso, day(iso))
    month = month_of(iso)
    return (
        Markup('<a href="{}">{}</a>').format(list_address(joined=month), words) if month else words
    )
