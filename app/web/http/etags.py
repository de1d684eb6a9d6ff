"""Answer 304 to clients that send the ETag of an unchanged page.

Pages about people are ``no-store``, so browsers do not revalidate them. Our script does, for pages
in its memory, and programs may. The tag is a hash of the finished page, so it is never stale. It is
weak, since the page may travel compressed or not.
"""

from hashlib import sha256

from flask import Flask, Response, request

from app.web.http.middleware import changes_session, holds_token

_MEDIA_TYPES = ("text/html", "application/json")


def register(app: Flask) -> None:
    """Add ETags to the pages of this application."""
    app.after_request(_tag)


def _tag(response: Response) -> Response:
    if _is_shareable(response):
        tag = sha256(response.get_data()).hexdigest()[:32]  # half the time of blake2b here
        response.set_etag(tag, weak=True)
        response.vary.add("Accept-Encoding")  # on the 304 too, as on the page
        if request.if_none_match.contains_weak(tag):
            response.status_code = 304
            response.set_data(b"")
    return response


def _is_shareable(response: Response) -> bool:
    """Return whether it is a complete page without form token, flash message or session cookie."""
    return (
        request.method in ("GET", "HEAD")
        and response.status_code == 200
        and response.mimetype in _MEDIA_TYPES
        and response.is_sequence
        and not holds_token()
        and not changes_session()
    )
