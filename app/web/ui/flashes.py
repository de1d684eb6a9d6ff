"""Flash messages, read only if the request has a session cookie."""

from typing import cast

from flask import current_app, get_flashed_messages, request

FLASH_ICONS = {
    "good": "check-circle-fill",
    "warning": "exclamation-triangle-fill",
    "bad": "x-octagon-fill",
}


def flashes() -> list[tuple[str, str]]:
    """Return category and text of each message."""
    name = current_app.config["SESSION_COOKIE_NAME"]
    if not current_app.secret_key or name not in request.cookies:
        return []
    return list(cast("list[tuple[str, str]]", get_flashed_messages(with_categories=True)))
