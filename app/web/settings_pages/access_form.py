"""The form of who may see what: one row for each field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from app.access.modes import Mode
from app.access.visibility import (
    DEFAULT_VISIBILITY,
    RESTRICTABLE,
    Audience,
    Visibility,
)
from app.contracts.accounts import AccessSettings
from app.model.fields import FIELDS, HIDEABLE
from app.web.settings_pages.wording import AUDIENCES

_PREFIX = "sees-"


class Row(NamedTuple):
    """A field, and the smallest audience that sees it.

    ``stored`` is the label of what another administrator chose meanwhile, or "".
    """

    name: str
    label: str
    audience: Audience
    may_hide: bool
    stored: str = ""


@dataclass(frozen=True, slots=True)
class AccessForm:
    """What the page shows as chosen, and the version of the settings that it is based on.

    ``stored_mode`` is the mode that another administrator chose meanwhile, if it is another.
    """

    mode: Mode
    rows: tuple[Row, ...]
    version: int
    stored_mode: Mode | None = None


def access_form(stored: AccessSettings, mode: Mode) -> AccessForm:
    """Return the form of the stored settings; ``mode`` is the one that is in force."""
    visibility = Visibility(stored.visibility)
    return AccessForm(mode, _rows(visibility, visibility), stored.version)


def form_again(
    stored: AccessSettings,
    mode_now: Mode,
    mode: Mode | None,
    typed: Mapping[str, Audience] | None,
) -> AccessForm:
    """Return the form with what was chosen, beside what another administrator saved meanwhile."""
    now = Visibility(stored.visibility)
    mine = Visibility(typed) if typed is not None else now
    stored_mode = mode_now if mode not in (None, mode_now) else None
    return AccessForm(mode or mode_now, _rows(mine, now), stored.version, stored_mode)


def posted_visibility(form: Mapping[str, str]) -> dict[str, Audience]:
    """Return the audiences that differ from the defaults; ignore those that do not exist."""
    chosen: dict[str, Audience] = {}
    for name in RESTRICTABLE:
        value = form.get(f"{_PREFIX}{name}", "")
        if value in AUDIENCES and Audience(value) is not DEFAULT_VISIBILITY.audience_of(name):
            chosen[name] = Audience(value)
    return chosen


def _rows(shown: Visibility, stored: Visibility) -> tuple[Row, ...]:
    return tuple(
        Row(
            f"{_PREFIX}{field.name}",
            field.label,
            shown.audience_of(field.name),
            field.name in HIDEABLE,
            _meanwhile(shown.audience_of(field.name), stored.audience_of(field.name)),
        )
        for field in FIELDS
        if field.name in RESTRICTABLE
    )


def _meanwhile(mine: Audience, stored: Audience) -> str:
    return "" if mine is stored else AUDIENCES[stored]
