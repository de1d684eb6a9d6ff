"""Revisions: a short text in a form from which the fields changed since are determined.

A revision is ``<version>.<digest of each field>``. Records with equal revisions have equal content,
even if another program, which does not know our version number, wrote one of them.

The fields of the first release always have a digest. Later fields have none while they and all that
follow are empty, so that revisions in forms and imports of an earlier release stay valid.
"""

import base64
import hashlib
from operator import attrgetter

from app.model.employee import Employee
from app.model.fields import FIELDS, FIRST_RELEASE

_DIGEST_CHARACTERS = 8
_ORDER = tuple(field.name for field in sorted(FIELDS, key=lambda field: field.digest))
_MIN_LENGTH, _MAX_LENGTH = FIRST_RELEASE * _DIGEST_CHARACTERS, len(_ORDER) * _DIGEST_CHARACTERS
_values_of = attrgetter(*_ORDER)


def _encode(text: str) -> str:
    raw = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).digest()
    return base64.urlsafe_b64encode(raw).decode("ascii")


_EMPTY = _encode("")


def _digest(value: str | tuple[str, ...]) -> str:
    if not value:
        return _EMPTY
    return _encode(value if isinstance(value, str) else "\x1f".join(value))


def revision_of(employee: Employee) -> str:
    """Return the revision of an employee; compare it as a whole."""
    digests = "".join(map(_digest, _values_of(employee)))
    while len(digests) > _MIN_LENGTH and digests.endswith(_EMPTY):
        digests = digests[:-_DIGEST_CHARACTERS]
    return f"{employee.version}.{digests}"


def fields_changed_since(revision: str, employee: Employee) -> frozenset[str]:
    """Return the fields that differ from the record with this revision.

    All fields count as changed if the revision cannot be parsed.
    """
    then = revision.partition(".")[2]
    if not _MIN_LENGTH <= len(then) <= _MAX_LENGTH or len(then) % _DIGEST_CHARACTERS:
        return frozenset(_ORDER)
    now = revision_of(employee).partition(".")[2]
    return frozenset(
        name
        for number, name in enumerate(_ORDER)
        if _digest_at(number, then) != _digest_at(number, now)
    )


def _digest_at(number: int, digests: str) -> str:
    at = number * _DIGEST_CHARACTERS
    return digests[at : at + _DIGEST_CHARACTERS] or _EMPTY


def version_in(revision: str) -> int | None:
    """Return the version number of a revision, or None if it has none."""
    number = revision.partition(".")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 16 else None
