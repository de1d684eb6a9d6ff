"""The icons of the pages: a small sprite, taken out of the one that Bootstrap-Flask brings."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

from markupsafe import Markup

from app.model.employee import BADGES

_OF_PAGES = (
    "arrow-clockwise",
    "arrow-counterclockwise",
    "check-circle-fill",
    "chevron-down",
    "chevron-left",
    "chevron-right",
    "cpu",
    "download",
    "envelope",
    "exclamation-circle-fill",
    "exclamation-octagon-fill",
    "exclamation-triangle-fill",
    "grid-3x2-gap-fill",
    "heart-pulse",
    "hourglass-split",
    "info-circle-fill",
    "lightning-fill",
    "list-ul",
    "pause-fill",
    "pencil",
    "person-vcard",
    "people",
    "person-fill",
    "person-plus",
    "play-fill",
    "search",
    "stop-fill",
    "telephone",
    "trash",
    "upload",
    "x",
    "x-octagon-fill",
)
ICONS = frozenset((*_OF_PAGES, *(badge.icon for badge in BADGES)))
_SYMBOL = re.compile(
    r'<symbol class="[^"]*" (viewBox="[^"]*" id="([^"]*)">.*?</symbol>)', re.DOTALL
)


@lru_cache(maxsize=1)
def build_sprite() -> str:
    """Return an SVG sprite with a symbol for each icon in use."""
    packaged = (
        resources.files("flask_bootstrap") / "static/bootstrap5/icons/bootstrap-icons.svg"
    ).read_text("utf-8")
    symbols = {name: f"<symbol {rest}" for rest, name in _SYMBOL.findall(packaged)}
    body = "".join(symbols[name] for name in sorted(ICONS))
    return f'<svg xmlns="http://www.w3.org/2000/svg">{body}</svg>'


@lru_cache(maxsize=256)
def icon_at(sprite: str, name: str) -> Markup:
    """Return an icon of the sprite at this URL, in the text colour, hidden from screen readers."""
    if name not in ICONS:
        raise ValueError(f"the sprite has no icon {name!r}")
    # The name comes from our own list and the address from our own server.
    return Markup(f'<svg class="icon" aria-hidden="true"><use href="{sprite}#{name}"/></svg>')  # noqa: S704
