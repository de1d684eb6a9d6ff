"""The facts on a person's page, without the missing ones."""

from markupsafe import Markup

from app.model.employee import Employee
from app.model.fields import FIELDS
from app.web.people.chat_links import chat_link
from app.web.ui.html.links import html_builder

_FACTS = tuple(
    (field.name, field.fact_label, chat_link if field.name == "chat" else html_builder(field))
    for field in FIELDS
    if field.fact_label
)


def person_facts(employee: Employee) -> list[tuple[str, Markup]]:
    """Return label and value of each known fact, in page order."""
    facts = ((label, build(getattr(employee, name))) for name, label, build in _FACTS)
    return [(label, value) for label, value in facts if value.strip()]
