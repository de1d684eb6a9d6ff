"""Decode the values of a stored record, whatever other programs have put into it; never fails.

Every store reads its records by these rules, and so does a backup: what cannot be understood is
read as missing.
"""

import unicodedata
from datetime import UTC, date, datetime

# Of the version number, which every database can hold and count on from.
MAX_VERSION = 2**31 - 2


def stored_text(value: object) -> str:
    """Return a text as NFC without lone surrogates, which no page can show; "" for other types."""
    if isinstance(value, bytes):  # a binary column, or text of another encoding
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    return value if value.isascii() else encodable(unicodedata.normalize("NFC", value))


def encodable(text: str) -> str:
    """Return a text without what UTF-8 cannot encode."""
    return text.encode("utf-8", "ignore").decode()


def stored_date(text: str) -> str:
    """Return an ISO date; "" for everything else."""
    try:
        return text if len(text) == 10 and date.fromisoformat(text) else ""
    except ValueError:
        return ""


def stored_version(value: object) -> int:
    """Return a version number up to MAX_VERSION; 0, as of another program, for all else."""
    if isinstance(value, str):
        value = int(value) if value.isascii() and value.isdigit() and len(value) < 16 else 0
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    return value if is_integer and 0 <= value <= MAX_VERSION else 0  # type: ignore[operator, return-value]


def stored_time(value: object) -> datetime | None:
    """Return an ISO time in UTC; None for everything else, and outside of the years 1 to 9999."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
