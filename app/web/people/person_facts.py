"""The facts on a person's page, without the missing ones."""

from __future__ import annotations

from markupsafe import Markup, escape

from app.model.employee import Employee
from app.text.sanitizing import visible
from app.web.ui.html.links import day_link, filter_link, mail_link, phone_link


def person_facts(employee: Employee) -> list[tuple[str, Markup]]:
    """Return label and value of each known fact, in page order."""
    facts = (
        ("Goes by", escape(visible(employee.preferred_name))),
        ("Pronouns", escape(visible(employee.pronouns))),
        ("Department", filter_link("department", employee.department)),
        ("Location", filter_link("location", employee.location)),
        ("Email", mail_link(employee.email)),
        ("Phone", phone_link(employee.phone)),
        ("Start date", day_link(employee.start_date)),
    )
    return [(label, value) for label, value in facts if value]
