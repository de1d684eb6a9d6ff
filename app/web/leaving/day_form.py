"""The form of a last day: today, or another day, and a note for editors."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from app.history.changes import MAX_NOTE_CHARACTERS
from app.model import leaving
from app.text.sanitizing import clean_line, visible

TODAY, OTHER = "today", "other"
_MAX_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class DayForm:
    """What was chosen: ``today`` is the day on which the form was made, ``day`` the one typed."""

    when: str
    today: str
    day: str = ""
    note: str = ""

    @property
    def last_day(self) -> str:
        """Return the chosen last day; "" if none was typed."""
        return self.today if self.when == TODAY else self.day


def empty_form(last_day: str) -> DayForm:
    """Return the form of somebody with this last day; "" if they have none."""
    today = leaving.today()
    return DayForm(OTHER if last_day not in ("", today) else TODAY, today, last_day)


def posted_form() -> DayForm:
    """Return the posted form. "Today" stays the day that its page named, also after midnight."""
    posted, today = request.form, leaving.today()
    shown = posted.get("today", "")
    is_shown = leaving.is_day(shown) and shown <= today
    return DayForm(
        OTHER if posted.get("when") == OTHER else TODAY,
        shown if is_shown else today,
        visible(clean_line(posted.get("last_day", "")[:_MAX_CHARACTERS])),
        visible(clean_line(posted.get("note", ""))[:MAX_NOTE_CHARACTERS]),
    )
