"""Revisions: a short text in a form that tells later which fields have changed since.

A revision is ``<version>.<digest of each field>``. Records with equal revisions have equal content,
even if another program, which does not know our version number, wrote one of them.
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
    """Return the revision of an employee; compare it as a whole."""
    digests = "".join(_digest(getattr(employee, name)) for name in CONTENT_FIELDS)
    return f"{employee.version}.{digests}"


def fields_changed_since(revision: str, employee: Employee) -> frozenset[str]:
    """Return the fields that differ from the record with this revision.

    All fields count as changed if the revision cannot be parsed.
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
    """Return the version number of a revision, or None if it has none."""
    number = revision.partition(".")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 16 else None
