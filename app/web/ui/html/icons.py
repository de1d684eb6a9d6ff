"""The icons of the pages: the symbols of ``static/icons.svg``."""

from functools import lru_cache

from markupsafe import Markup

from app.model.employee import BADGES

_OF_PAGES = (
    "arrow-clockwise",
    "arrow-counterclockwise",
    "arrow-left-right",
    "box-arrow-right",
    "chat",
    "check",
    "check-circle-fill",
    "chevron-down",
    "chevron-left",
    "chevron-right",
    "clock-history",
    "copy",
    "cpu",
    "database",
    "door-closed",
    "download",
    "envelope",
    "exclamation-circle-fill",
    "exclamation-octagon-fill",
    "exclamation-triangle-fill",
    "file-earmark",
    "gear",
    "grid-3x2-gap-fill",
    "heart-pulse",
    "hourglass-split",
    "journal-text",
    "key",
    "lightning-fill",
    "list",
    "list-ul",
    "pause-fill",
    "pencil",
    "people",
    "person",
    "person-fill",
    "person-plus",
    "person-vcard",
    "play-fill",
    "plus",
    "search",
    "shield-lock",
    "sliders",
    "stop-fill",
    "telephone",
    "terminal",
    "three-dots",
    "trash",
    "upload",
    "window",
    "x",
    "x-octagon-fill",
)
ICONS = frozenset((*_OF_PAGES, *(badge.icon for badge in BADGES)))


@lru_cache(maxsize=256)
def icon_at(sprite: str, name: str) -> Markup:
    """Return an icon of the sprite at this URL, in the text colour, hidden from screen readers."""
    if name not in ICONS:
        raise ValueError(f"the sprite has no icon {name!r}")
    # Safe: the name is one of ICONS, and the URL is our own.
    return Markup(f'<svg class="icon" aria-hidden="true"><use href="{sprite}#{name}"/></svg>')
