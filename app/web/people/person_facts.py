"""The facts on a person's page, without the missing ones."""

from collections.abc import Callable
from functools import partial

from markupsafe import Markup, escape

from app.model.employee import Employee
from app.model.field_types import Field, Kind
from app.model.fields import FACET, FIELDS
from app.text.sanitizing import visible
from app.web.ui.html.links import day_link, filter_link, mail_link, phone_link

_Render = Callable[[str], Markup]


def _plain(text: str) -> Markup:
    return escape(visible(text))


_RENDER = {Kind.EMAIL: mail_link, Kind.PHONE: phone_link, Kind.DATE: day_link}


def _render_of(field: Field) -> _Render:
    if field.name in FACET:
        return partial(filter_link, field.name)
    return _RENDER.get(field.kind, _plain)


_FACTS = tuple(
    (field.name, field.label if field.fact is None else field.fact, _render_of(field))
    for field in FIELDS
    if field.fact != ""
)


def person_facts(employee: Employee) -> list[tuple[str, Markup]]:
    """Return label and value of each known fact, in page order."""
    facts = ((label, render(getattr(employee, name))) for name, label, render in _FACTS)
    return [(label, value) for label, value in facts if value]
