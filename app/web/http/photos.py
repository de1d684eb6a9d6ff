"""Photos: a file of this machine, or a redirect into the bucket; both are kept by browsers."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, redirect, send_file

from app.contracts import PhotoFile
from app.model.errors import PhotoNotFound
from app.web.current import current_directory

photos = Blueprint("photos", __name__)


@photos.get("/photos/<path:key>")
def show(key: str) -> Response:
    """The photo with this key. A key names one image for ever, so a browser need not ask again."""
    store = current_directory().photos
    if store is None:
        raise PhotoNotFound(key)
    found = store.locate(key)
    if isinstance(found, PhotoFile):
        try:
            response = send_file(found.path, conditional=True, max_age=31536000)
        except FileNotFoundError as error:
            raise PhotoNotFound(key) from error
        response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
        return response
    answer = redirect(found.url, 302, Response)
    answer.headers["Cache-Control"] = f"private, max-age={found.seconds}"
    return cast(Response, answer)
