"""Stream downloads: a few at a time, and an interrupted one never looks complete."""

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
from app.web.http.middleware import log_store_failure, request_id

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# A process has eight threads, of which pages need some.
MAX_DOWNLOADS = 3
# The time without a chunk taken after which a client is gone; no chunk takes that long to create.
STALLED_SECONDS = 90.0
_CHUNK_BYTES = 64 * 1024


@dataclass(eq=False)
class _Download:
    """A running download, with the time at which the client took its last chunk."""

    connection: socket | None
    last_chunk_at: float = field(default_factory=time.monotonic)

    def end_if_stalled(self) -> bool:
        """Close the connection of a stalled download, which unblocks its thread."""
        if self.connection is None or time.monotonic() - self.last_chunk_at < STALLED_SECONDS:
            return False
        with contextlib.suppress(OSError):
            self.connection.shutdown(SHUT_RDWR)
        return True


class DownloadSlots:
    """The download slots of a process."""

    def __init__(self) -> None:
        self._slots = BoundedSemaphore(MAX_DOWNLOADS)
        self._running: set[_Download] = set()

    def acquire(self, environ: WSGIEnvironment) -> _Download | None:
        """Return a slot for the download that this request asks for, or None if all are taken.

        Stalled downloads lose their slots.
        """
        if not self._slots.acquire(blocking=False):
            ended = [download.end_if_stalled() for download in tuple(self._running)]
            if not (any(ended) and self._slots.acquire(timeout=1)):
                return None
        download = _Download(environ.get("gunicorn.socket") or environ.get("werkzeug.socket"))
        self._running.add(download)
        return download

    def release(self, download: _Download) -> None:
        """Release the slot of a finished or interrupted download."""
        self._running.discard(download)
        self._slots.release()


def register(app: App) -> None:
    """Create the download slots of this process."""
    app.extensions["long_files"] = DownloadSlots()


def send(begin: Callable[[], Iterator[bytes]], media_type: str, name: str) -> ResponseReturnValue:
    """Stream a file with this name, or return a page that says to try again later.

    ``begin`` may raise, which becomes an error page; the chunks that it returns may fail later.
    """
    slots = cast(DownloadSlots, current_app.extensions["long_files"])
    download = slots.acquire(request.environ)
    if download is None:
        return render_template("export_busy.html", most=MAX_DOWNLOADS), 503, {"Retry-After": "30"}
    length = 0
    try:
        chunks = begin()
        # HTTP/1.0 can show that a download is incomplete only by its length.
        if request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
            chunks, length = _spooled(chunks)
        else:
            chunks = _logging_failure(chunks, request_id())
    except BaseException:
        slots.release(download)
        raise
    response = Response(_tracked(chunks, download), content_type=media_type)
    if length:
        response.content_length = length
    attach(response, name)
    response.call_on_close(lambda: slots.release(download))
    return response


def _tracked(chunks: Iterator[bytes], download: _Download) -> Iterator[bytes]:
    for chunk in chunks:
        download.last_chunk_at = time.monotonic()
        yield chunk


def _spooled(chunks: Iterator[bytes]) -> tuple[Iterator[bytes], int]:
    """Write all chunks to a temporary file; return them again, and their length in bytes."""
    with contextlib.ExitStack() as on_failure:
        file = on_failure.enter_context(tempfile.TemporaryFile())
        file.writelines(chunks)
        length = file.tell()
        file.seek(0)
        on_failure.pop_all()
    return _read(file), length


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def attach(response: Response, name: str) -> None:
    """Set the file name of a download, in any script (RFC 6266, as headers are Latin-1)."""
    name = clean_line(name).replace("/", "-")
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    plain = " ".join(plain.split())
    plain = f"file{plain}" if plain.startswith(".") else plain
    names = {"filename": plain}
    if plain != name:
        names["filename*"] = f"UTF-8''{quote(name, safe='')}"
    response.headers.set("Content-Disposition", "attachment", **names)


def _logging_failure(chunks: Iterator[bytes], caller_id: str) -> Iterator[bytes]:
    """Yield the chunks; if the store fails, log it and raise.

    The server then cuts the connection, so that the browser sees an incomplete download.
    """
    try:
        yield from chunks
    except StorageUnavailable as error:
        log_store_failure(error, caller_id)
        raise
