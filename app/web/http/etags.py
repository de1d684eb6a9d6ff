"""Pages that did not change are answered with 304, to whoever kept the last answer and its ETag.

Pages about people are ``no-store``: no browser keeps them on a disk, and so none asks for one again
this way by itself. Our own script does, for what it holds in memory, and so may programs. The tag
is made from the finished page, so it can never vouch for an old one. It is weak, since the page may
travel compressed or not.
"""

from __future__ import annotations

from hashlib import sha256

from flask import Flask, Response, request

from app.web.http.middleware import changes_session, holds_token

_KINDS = ("text/html", "application/json")


def register(app: Flask) -> None:
    """Give the pages of this application their tags."""
    app.after_request(_tag)


def _tag(response: Response) -> Response:
    if _is_the_same_for_everyone(response):
        tag = sha256(response.get_data()).hexdigest()[:32]  # half the time of blake2b here
        response.set_etag(tag, weak=True)
        response.vary.add("Accept-Encoding")  # of the 304 too, as it is of the page
        if request.if_none_match.contains_weak(tag):
            response.status_code = 304
            response.set_data(b"")
    return response


def _is_the_same_for_everyone(response: Response) -> bool:
    """Whether it is a whole page without a token, a sentence left for one visitor, or a cookie."""
    return (
        request.method in ("GET", "HEAD")
        and response.status_code == 200
        and response.mimetype in _KINDS
        and response.is_sequence
        and not holds_token()
        and not changes_session()
    )
