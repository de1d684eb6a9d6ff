"""Files to be saved, made as they go out: a few at once, and none that breaks off looks whole."""

from __future__ import annotations

import contextlib
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from threading import BoundedSemaphore
from typing import IO, cast
from urllib.parse import quote

from flask import Response, current_app, render_template, request
from flask.sansio.app import App
from flask.typing import ResponseReturnValue
from werkzeug.wsgi import wrap_file

from app.cleaning import clean_line
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
        # HTTP/1.0 has no way to say of a file that it broke off, but by its length.
        whole = _whole(pieces) if request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0" else None
    except BaseException:
        room.release()
        raise
    if whole:
        response = Response(wrap_file(request.environ, whole), content_type=media_type)
        response.content_length = whole.tell()
        whole.seek(0)
    else:
        response = Response(_until_it_fails(pieces, request_id()), content_type=media_type)
    attach(response, name)
    response.call_on_close(room.release)
    return response


def _whole(pieces: Iterator[bytes]) -> IO[bytes]:
    """All pieces in a file without a name, to be read from its beginning."""
    with contextlib.ExitStack() as until_made:
        file = until_made.enter_context(tempfile.TemporaryFile())
        file.writelines(pieces)
        until_made.pop_all()
    return file


def attach(response: Response, name: str) -> None:
    """Have it saved under this name, in whatever script (RFC 6266): headers are Latin alone."""
    name = clean_line(name).replace("/", "-")
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    plain = f"file{plain}" if plain.startswith(".") else plain
    names = {"filename": plain}
    if plain != name:
        names["filename*"] = f"UTF-8''{quote(name, safe='')}"
    response.headers.set("Content-Disposition", "attachment", **names)


def _until_it_fails(pieces: Iterator[bytes], asked_as: str) -> Iterator[bytes]:
    """The pieces; when the store fails, the server cuts the connection, so that the file is broken
    for the browser too, and never looks whole."""
    try:
        yield from pieces
    except StorageUnavailable as error:
        tell_operator(error, asked_as)
        raise
