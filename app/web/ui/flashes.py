"""Flash messages, read only if the request has a session cookie."""

from typing import NamedTuple, cast

from flask import current_app, flash, get_flashed_messages, request

FLASH_ICONS = {
    "good": "check-circle-fill",
    "warning": "exclamation-triangle-fill",
    "bad": "x-octagon-fill",
}


class Flash(NamedTuple):
    """A message with a link: to the page that undoes what it tells of, or to a labelled one.

    ``address`` is "" without a link, and ``label`` that of an undo.
    """

    category: str
    text: str
    address: str = ""
    label: str = ""


def flash_with_undo(text: str, address: str) -> None:
    """Tell of a change that went well, with a link to the page that undoes it."""
    flash([text, address], "good")  # type: ignore[arg-type]  # a session keeps lists of texts


def flash_with_link(text: str, address: str, label: str, category: str = "good") -> None:
    """Tell of something, with a link to a page about it."""
    flash([text, address, label], category)  # type: ignore[arg-type]


def flashes() -> list[Flash]:
    """Return the messages of this request."""
    name = current_app.config["SESSION_COOKIE_NAME"]
    if not current_app.secret_key or name not in request.cookies:
        return []
    found = cast("list[tuple[str, str | list[str]]]", get_flashed_messages(with_categories=True))
    return [
        Flash(category, message) if isinstance(message, str) else Flash(category, *message)
        for category, message in found
    ]
