"""Files that are made as they go out: a few at once, and one that breaks off never looks whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import BoundedSemaphore
from typing import cast

from flask import Response, current_app, render_template
from flask.sansio.app import App
from flask.typing import ResponseReturnValue

from app.errors import StorageUnavailable
from app.web.error_pages import tell_operator
from app.web.safety import request_id

# Of the eight threads of a process: whoever loads a million people keeps nobody from the list.
MOST_AT_ONCE = 3


def make_room(app: App) -> None:
    """Count the files of this process."""
    app.extensions["long_files"] = BoundedSemaphore(MOST_AT_ONCE)


def send(begin: Callable[[], Iterator[bytes]], media_type: str, name: str) -> ResponseReturnValue:
    """A file of this name, or a page that says to wait.

    ``begin`` may fail, and a page tells of it; the pieces that it returns may fail later.
    """
    room = cast(BoundedSemaphore, current_app.extensions["long_files"])
    if not room.acquire(blocking=False):
        return render_template("export_busy.html", most=MOST_AT_ONCE), 503, {"Retry-After": "30"}
    try:
        pieces = begin()
    except BaseException:
        room.release()
        raise
    response = Response(_until_it_fails(pieces, request_id()), content_type=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.call_on_close(room.release)
    return response


def _until_it_fails(pieces: Iterator[bytes], asked_as: str) -> Iterator[bytes]:
    """The pieces; when the store fails, the server cuts the connection, so that the file is broken
    for the browser too, and never looks whole."""
    try:
        yield from pieces
    except StorageUnavailable as error:
        tell_operator(error, asked_as)
        raise
