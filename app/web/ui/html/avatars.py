"""Avatars: the photo over the initials, so that a missing or failing photo shows initials."""

from functools import lru_cache

from markupsafe import Markup

from app.photos.keys import any_photo_key
from app.web.ui.html.escaping import escape
from app.web.ui.initials import colour_of, initials
from app.web.ui.urls import portrait_address, thumbnail_address

# Width and height by the size's name; the style sheet knows the same names.
SIZES = {
    "header": (32, 36),
    "tiny": (36, 40),
    "small": (44, 50),
    "cell": (64, 72),
    "medium": (112, 140),
    "large": (232, 290),
}


def avatar(employee_id: str, full_name: str, photo_key: str, size: str) -> Markup:
    """Return the avatar beside a name, hidden from screen readers."""
    return Markup(avatar_html(employee_id, full_name, photo_key, size))


def named_avatar(employee_id: str, full_name: str, photo_key: str) -> Markup:
    """Return the large avatar of a person's own page, with alternative text if it is a photo."""
    inner = avatar(employee_id, full_name, photo_key, "large")
    if not photo_key:
        return inner
    return Markup('<div class="portrait" role="img" aria-label="Portrait of {}">{}</div>').format(
        full_name, inner
    )


def avatar_html(
    employee_id: str, full_name: str, photo_key: str, size: str, *, lazy: bool = False
) -> str:
    """Return the same as text, for lists, where microseconds count 24 times."""
    image = _image(photo_key, size, lazy) if photo_key and any_photo_key(photo_key) else ""
    return (
        f'<span class="face face-{size} colour-{colour_of(employee_id)}">'
        f'<span aria-hidden="true">{_letters(full_name)}</span>{image}</span>'
    )


@lru_cache(maxsize=4096)
def _letters(full_name: str) -> str:
    return escape(initials(full_name))


def _image(photo_key: str, size: str, lazy: bool) -> str:
    width, height = SIZES[size]
    small = size not in ("medium", "large")
    address = escape(thumbnail_address(photo_key) if small else portrait_address(photo_key))
    loading = ' loading="lazy"' if lazy else ""
    return f'<img src="{address}" alt="" width="{width}" height="{height}"{loading}>'
