"""The revision of a record: a short text that a form carries, to know later what changed meanwhile.

It is ``<version>.<digest of each field>``. Two records with the same revision hold the same
content, also when a program that knows nothing of our version number wrote one of them.
"""

from __future__ import annotations

import base64
import hashlib

from app.model.employee import CONTENT_FIELDS, Employee

_DIGEST_CHARACTERS = 8


def _digest(value: str | tuple[str, ...]) -> str:
    text = value if isinstance(value, str) else "\x1f".join(value)
    raw = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).digest()
    return base64.urlsafe_b64encode(raw).decode("ascii")


def revision_of(employee: Employee) -> str:
    """The revision of what is stored; compare it whole."""
    digests = "".join(_digest(getattr(employee, name)) for name in CONTENT_FIELDS)
    return f"{employee.version}.{digests}"


def fields_changed_since(revision: str, employee: Employee) -> frozenset[str]:
    """The fields in which the employee differs from the record that had this revision.

    A revision that cannot be read knows nothing, so every field counts as changed.
    """
    then = revision.partition(".")[2]
    if len(then) != _DIGEST_CHARACTERS * len(CONTENT_FIELDS):
        return frozenset(CONTENT_FIELDS)
    now = revision_of(employee).partition(".")[2]
    return frozenset(
        name
        for place, name in enumerate(CONTENT_FIELDS)
        if then[place * _DIGEST_CHARACTERS : (place + 1) * _DIGEST_CHARACTERS]
        != now[place * _DIGEST_CHARACTERS : (place + 1) * _DIGEST_CHARACTERS]
    )


def version_in(revision: str) -> int | None:
    """The version number that a revision names, or None where it names none."""
    number = revision.partition(".")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 16 else None
