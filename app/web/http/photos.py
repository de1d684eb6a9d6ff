"""Serve photos: a file of this machine, or a redirect into the bucket; browsers cache both."""

from typing import cast

from flask import Blueprint, Response, redirect, request, send_file

from app.contracts import PhotoFile
from app.directory.photo_access import may_see_photo
from app.model.errors import PhotoNotFound
from app.photos.headers import EXTENSIONS
from app.photos.keys import is_foreign_key
from app.web.current import current_directory, current_viewer
from app.web.ui.urls import SIGNATURE, photo_signer

photos = Blueprint("photos", __name__)

# A photo that is opened on its own is an image and nothing else: no script, no form, no origin.
_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


@photos.get("/photos/<path:key>")
def show(key: str) -> Response:
    """Serve the photo with this key, cacheable for ever: a key is never reused."""
    directory = current_directory()
    store = directory.photos
    if store is None or not may_see_photo(directory, current_viewer(), key):
        raise PhotoNotFound(key)
    location = store.locate_foreign(key) if _is_signed(key) else store.locate(key)
    if isinstance(location, PhotoFile):
        try:
            response = send_file(
                location.path,
                mimetype=location.media_type,
                download_name=_file_name(key, location.media_type),
                conditional=True,
                max_age=31536000,
            )
        except FileNotFoundError as error:
            raise PhotoNotFound(key) from error
        response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
        response.headers["Content-Security-Policy"] = _POLICY
        return response
    answer = redirect(location.url, 302, Response)
    answer.headers["Cache-Control"] = f"private, max-age={location.seconds}"
    answer.headers["Content-Security-Policy"] = _POLICY
    return cast(Response, answer)


def _is_signed(key: str) -> bool:
    """Return whether a page of ours names this foreign key: nobody can ask for any other."""
    signature = request.args.get(SIGNATURE, "")
    return is_foreign_key(key) and photo_signer().verify_signature(key, signature)


def _file_name(key: str, media_type: str) -> str:
    """Return the name under which a browser saves a photo, with the extension of its content."""
    stem = key.rpartition("/")[2].partition(".")[0]
    return f"{stem}.{EXTENSIONS[media_type]}"
