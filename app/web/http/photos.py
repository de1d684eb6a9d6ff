"""Serve photos: a file of this machine, or a redirect into the bucket; browsers cache both."""

from typing import cast

from flask import Blueprint, Response, redirect, send_file

from app.contracts import PhotoFile
from app.model.errors import PhotoNotFound
from app.web.current import current_directory

photos = Blueprint("photos", __name__)


@photos.get("/photos/<path:key>")
def show(key: str) -> Response:
    """Serve the photo with this key, cacheable for ever: a key is never reused."""
    store = current_directory().photos
    if store is None:
        raise PhotoNotFound(key)
    location = store.locate(key)
    if isinstance(location, PhotoFile):
        try:
            response = send_file(location.path, conditional=True, max_age=31536000)
        except FileNotFoundError as error:
            raise PhotoNotFound(key) from error
        response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
        return response
    answer = redirect(location.url, 302, Response)
    answer.headers["Cache-Control"] = f"private, max-age={location.seconds}"
    return cast(Response, answer)
