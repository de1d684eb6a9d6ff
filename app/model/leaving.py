"""Who leaves and who has left: the last day of an employee, and whether it has come.

Who has a last day to come works here, and is listed, until that day begins (UTC). Ask for the day
as ``leaving.today()``, so that it can be another one in tests.
"""

import re
from datetime import UTC, date, datetime

from app.model.employee import Employee

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def today() -> str:
    """Return the day in UTC, ``2026-11-30``."""
    return datetime.now(UTC).date().isoformat()


def last_day(employee: Employee) -> str:
    """Return the last day of an employee, ``2026-11-30``; "" if they have none.

    A text of another program that names no day is no last day: nobody leaves by a slip.
    """
    return employee.left_on if employee.left_on and is_day(employee.left_on) else ""


def has_left(employee: Employee, day: str) -> bool:
    """Return whether the employee has left by this day, which is usually ``today()``."""
    return has_come(employee.left_on, day)


def has_come(left_on: object, day: str) -> bool:
    """Return whether a last day, as anybody may have stored it, has come by this day."""
    return isinstance(left_on, str) and "" < left_on <= day and is_day(left_on)


def is_day(text: str) -> bool:
    """Return whether a text is a day of the calendar as ``2026-11-30``."""
    if not _DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
