"""The time now where somebody works."""

from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.model.kinds import known_time_zones
from app.web.ui.dates import day_of_week

_NO_PLACES = ("Etc/", "GMT", "UTC", "Zulu", "Universal")


class LocalTime(NamedTuple):
    """A time as ``16:42`` on a ``Tuesday``; ``place`` is the city of the time zone, or "".

    ``offset`` is ``GMT+5:30``, and ``minutes`` are those that the place is ahead of UTC.
    """

    place: str
    moment: str
    clock: str
    weekday: str
    offset: str
    minutes: int


def local_time_in(time_zone: str) -> LocalTime | None:
    """Return the time now in a time zone of the IANA; None if it is unknown."""
    if time_zone not in known_time_zones():
        return None
    now = datetime.now(ZoneInfo(time_zone))
    minutes = int((now.utcoffset() or timedelta()).total_seconds()) // 60
    is_place = "/" in time_zone and not time_zone.startswith(_NO_PLACES)
    return LocalTime(
        place=time_zone.rpartition("/")[2].replace("_", " ") if is_place else "",
        moment=now.isoformat(timespec="minutes"),
        clock=f"{now:%H:%M}",
        weekday=day_of_week(now),
        offset=_offset(minutes),
        minutes=minutes,
    )


def _offset(minutes: int) -> str:
    """Return how far a clock is ahead of Greenwich, ``GMT+5:30``."""
    hours, rest = divmod(abs(minutes), 60)
    sign = "+" if minutes >= 0 else "−"
    return f"GMT{sign}{hours}" + (f":{rest:02}" if rest else "") if minutes else "GMT"
