"""Files to be saved, made as they go out: a few at once, and none that breaks off looks whole."""

from __future__ import annotations

import contextlib
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from socket import SHUT_RDWR, socket
from threading import BoundedSemaphore
from typing import IO, TYPE_CHECKING, cast
from urllib.parse import quote

from flask import Response, current_app, render_template, request
from flask.sansio.app import App
from flask.typing import ResponseReturnValue

from app.model.errors import StorageUnavailable
from app.text.sanitizing import clean_line
from app.web.http.middleware import request_id, tell_operator

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# Of the eight threads of a process: whoever loads a million people keeps nobody from the list.
MAX_DOWNLOADS = 3
# Whoever takes nothing of a file for so long is gone, or asleep; more than any piece takes to make.
STALLED_SECONDS = 90.0
_PIECE = 64 * 1024


@dataclass(eq=False)
class _Download:
    """A file under way; ``moved`` is when its last piece was taken."""

    connection: socket | None
    moved: float = field(default_factory=time.monotonic)

    def end_if_stalled(self) -> bool:
        """Cut the connection of one that stands still, so that whoever writes to it goes on."""
        if self.connection is None or time.monotonic() - self.moved < STALLED_SECONDS:
            return False
        with contextlib.suppress(OSError):
            self.connection.shutdown(SHUT_RDWR)
        return True


class DownloadSlots:
    """The files that a process may send at once."""

    def __init__(self) -> None:
        self._places = BoundedSemaphore(MAX_DOWNLOADS)
        self._under_way: set[_Download] = set()

    def take(self, environ: WSGIEnvironment) -> _Download | None:
        """A place for the file that this request asks for, if there is one.

        Where there is none, those of files that stand still are taken.
        """
        if not self._places.acquire(blocking=False):
            ended = [each.end_if_stalled() for each in tuple(self._under_way)]
            if not (any(ended) and self._places.acquire(timeout=1)):
                return None
        download = _Download(environ.get("gunicorn.socket") or environ.get("werkzeug.socket"))
        self._under_way.add(download)
        return download

    def give_back(self, download: _Download) -> None:
        """The file is through, or broken off."""
        self._under_way.discard(download)
        self._places.release()


def register(app: App) -> None:
    """Count the files of this process."""
    app.extensions["long_files"] = DownloadSlots()


def send(begin: Callable[[], Iterator[bytes]], media_type: str, name: str) -> ResponseReturnValue:
    """A file of this name, or a page that says to wait.

    ``begin`` may fail, and a page tells of it; the pieces that it returns may fail later.
    """
    room = cast(DownloadSlots, current_app.extensions["long_files"])
    download = room.take(request.environ)
    if download is None:
        return render_template("export_busy.html", most=MAX_DOWNLOADS), 503, {"Retry-After": "30"}
    length = 0
    try:
        pieces = begin()
        # HTTP/1.0 has no way to say of a file that it broke off, but by its length.
        if request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
            pieces, length = _made_before(pieces)
        else:
            pieces = _until_it_fails(pieces, request_id())
    except BaseException:
        room.give_back(download)
        raise
    response = Response(_noting(pieces, download), content_type=media_type)
    if length:
        response.content_length = length
    attach(response, name)
    response.call_on_close(lambda: room.give_back(download))
    return response


def _noting(pieces: Iterator[bytes], download: _Download) -> Iterator[bytes]:
    for piece in pieces:
        download.moved = time.monotonic()
        yield piece


def _made_before(pieces: Iterator[bytes]) -> tuple[Iterator[bytes], int]:
    """The same pieces, from a file in which all are; how many bytes they have."""
    with contextlib.ExitStack() as until_made:
        file = until_made.enter_context(tempfile.TemporaryFile())
        file.writelines(pieces)
        length = file.tell()
        file.seek(0)
        until_made.pop_all()
    return _read(file), length


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def attach(response: Response, name: str) -> None:
    """Have it saved under this name, in whatever script (RFC 6266): headers are Latin alone."""
    name = clean_line(name).replace("/", "-")
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    plain = " ".join(plain.split())
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
