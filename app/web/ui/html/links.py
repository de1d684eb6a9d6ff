"""Links of an employee's values: to write an email, to call, to list others with the value."""

import re
from collections.abc import Callable
from functools import partial
from urllib.parse import quote

from markupsafe import Markup

from app.model.facets import FACET
from app.model.field_types import Field
from app.model.kinds import Kind
from app.text.digits import ascii_digits
from app.text.phone_numbers import numbers_in
from app.text.sanitizing import visible
from app.text.search_keys import month_of
from app.web.ui.dates import day, is_day
from app.web.ui.html.escaping import escape
from app.web.ui.urls import list_address

# Nothing in it has to be quoted.
_is_plain_mail = re.compile(r"[A-Za-z0-9_.~-]+@[A-Za-z0-9_.~-]+").fullmatch


def mail_link(email: str) -> Markup:
    """Return a mailto link; plain text if the address is invalid."""
    target = mail_address(email)
    if not target:
        return Markup(escape(email))
    name, _, domain = email.rpartition("@")
    return Markup(f'<a href="{target}">{escape(name)}<wbr>@{escape(domain)}</a>')


def mail_address(email: str) -> str:
    """Return the address for a mailto link, "" if there is none."""
    if _is_plain_mail(email):  # as nearly all are: a list has 24 of them
        return f"mailto:{email}"
    name, _, domain = email.rpartition("@")
    return f"mailto:{quote(email, safe='@', errors='replace')}" if name and domain else ""


def phone_link(phone: str) -> Markup:
    """Return the text with a tel link, left-to-right, around each number in it."""
    parts, at, plain = [], 0, ascii_digits(phone)
    for number in numbers_in(phone):
        start = plain.index(number.text, at)
        end = start + len(number.text)
        parts.append(
            f'{escape(phone[at:start])}<a href="tel:{number.uri}">'
            f'<bdi dir="ltr">{escape(phone[start:end])}</bdi></a>'
        )
        at = end
    return Markup("".join((*parts, escape(phone[at:]))))


def dialled(phone: str) -> str:
    """Return what to dial for the first number in a text, with its extension; "" if it has none."""
    numbers = numbers_in(phone) if phone else ()
    return numbers[0].uri if numbers else ""


def filter_link(name: str, value: str) -> Markup:
    """Return the value as a link to the list of everyone with it; "" if it is empty."""
    return _list_link(escape(value), name, value) if visible(value) else Markup()


def day_link(iso: str) -> Markup:
    """Return a day as a link to the list of its month; plain text if the day is invalid."""
    if not iso or not is_day(iso):
        return Markup(escape(iso))
    text = f'<time datetime="{escape(iso)}">{day(iso)}</time>'
    month = month_of(iso)
    return _list_link(text, "joined", month) if month else Markup(text)


def _list_link(text: str, name: str, value: str) -> Markup:
    return Markup(f'<a href="{escape(list_address(**{name: value}))}">{text}</a>')


def _plain(text: str) -> Markup:
    return Markup(escape(visible(text)))


_BUILDERS = {
    Kind.EMAIL: mail_link,
    Kind.PHONE: phone_link,
    Kind.DATE: day_link,
}


def html_builder(field: Field) -> Callable[[str], Markup]:
    """Return the function that builds the HTML of a value of the field."""
    if field.name in FACET:
        return partial(filter_link, field.name)
    return _BUILDERS.get(field.kind, _plain)
