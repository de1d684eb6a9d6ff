"""Receive one request completely, before a thread is taken for it."""

from tempfile import SpooledTemporaryFile
from typing import Any

from gunicorn.http.body import ChunkedReader, LengthReader
from gunicorn.http.message import Request
from gunicorn.http.unreader import Unreader

from app.server.limits import MAX_BODY_BYTES_IN_MEMORY

_HEAD_END = b"\r\n\r\n"


class IncomingHead:
    """The request line and headers, as far as they were received."""

    def __init__(self) -> None:
        self.received = bytearray()
        self._searched = 0

    def add(self, data: bytes) -> None:
        """Append what was received."""
        self.received += data
        if self.received.startswith(b"\r\n"):
            del self.received[:2]  # RFC 9112, 2.2: one empty line before a request is ignored

    def split(self) -> tuple[bytes, bytes] | None:
        """Return the complete head and what follows it, or None if the head is not complete."""
        end = self.received.find(_HEAD_END, self._searched)
        if end < 0:
            self._searched = max(0, len(self.received) - len(_HEAD_END) + 1)
            return None
        end += len(_HEAD_END)
        return bytes(self.received[:end]), bytes(self.received[end:])

    def has_bare_line_feeds(self) -> bool:
        """Return whether lines end in LF alone, which gunicorn refuses."""
        return b"\n\n" in self.received


class _ReceivedMessage(Unreader):  # type: ignore[misc]  # gunicorn has no types
    """The bytes of one message, from which gunicorn's parser reads instead of the socket."""

    def __init__(self, head: bytes) -> None:
        super().__init__()
        self.buf.write(head)
        # Closed by IncomingRequest.close, when the response is sent.
        self.body = SpooledTemporaryFile(MAX_BODY_BYTES_IN_MEMORY)  # noqa: SIM115
        self.failure: OSError | None = None

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next bytes of the body. Raises RuntimeError if it could not be stored."""
        if self.failure:
            # Not the OSError itself, which Werkzeug takes for a client that went away.
            raise RuntimeError("the request could not be stored") from self.failure
        return self.body.read(max(size_hint or 0, 8192))


class IncomingRequest:
    """A request whose head is complete; ``feed`` stores its body.

    Raises the errors of gunicorn's parser for a head that is no HTTP.
    """

    def __init__(self, cfg: Any, head: bytes, client: Any, number: int) -> None:
        self._message = _ReceivedMessage(head)
        self.parsed = Request(cfg, self._message, client, number)
        reader = self.parsed.body.reader
        self._chunks = (
            _ChunkScanner(reader.limit_chunk_size_line + len("\r\n"))
            if isinstance(reader, ChunkedReader)
            else None
        )
        self.length: int | None = reader.length if isinstance(reader, LengthReader) else None
        self.stored_bytes = 0
        self.is_complete = self.length == 0
        self.is_cut = False

    def feed(self, data: bytes) -> bytes:
        """Store what belongs to the body; return what follows it, the next request.

        If the disk is full, the request is complete: reading its body raises the error.
        """
        if self._chunks is None:
            size = min(len(data), (self.length or 0) - self.stored_bytes)
            self.is_complete = self.stored_bytes + size == self.length
        else:
            size = self._chunks.scan(data)
            self.is_complete = self._chunks.ended
            if self._chunks.is_broken:
                self.cut()  # where the next request begins is not known
        self.stored_bytes += size
        try:
            self._message.body.write(data[:size])
        except OSError as error:
            self.cut(error)
        return data[size:]

    def cut(self, failure: OSError | None = None) -> None:
        """Let the application answer without the rest, and close the connection after that."""
        self._message.failure = failure
        self.parsed.force_close()
        self.is_complete = self.is_cut = True

    def leave_memory(self) -> None:
        """Keep the body in a file from now on."""
        try:
            self._message.body.rollover()
        except OSError as error:
            self.cut(error)

    def expects_continue(self) -> bool:
        """Return once whether the client waits for a word before it sends the body."""
        expects = bool(self.parsed._expected_100_continue)
        self.parsed._expected_100_continue = False
        return expects

    def rewind(self) -> None:
        """Make the body readable from its start."""
        self.expects_continue()  # too late: gunicorn would send the word before the response
        self._message.body.seek(0)

    def close(self) -> None:
        """Delete the stored body."""
        self._message.body.close()


class _ChunkScanner:
    """Finds the end of a chunked body. gunicorn's parser decodes it later, and checks it.

    A line of more than ``max_line_bytes`` breaks it, which gunicorn refuses, too.
    """

    def __init__(self, max_line_bytes: int) -> None:
        self._max_line_bytes = max_line_bytes
        self._line = bytearray()
        self._to_skip = 0
        self._in_trailer = False
        self.ended = False
        self.is_broken = False  # gunicorn refuses what was read

    def scan(self, data: bytes) -> int:
        """Return how many bytes of the data belong to the body."""
        position = 0
        while position < len(data) and not self.ended:
            skipped = min(self._to_skip, len(data) - position)
            self._to_skip -= skipped
            position += skipped
            if not self._to_skip and position < len(data):
                position = self._read_line(data, position)
        return position

    def _read_line(self, data: bytes, position: int) -> int:
        end = data.find(b"\n", position)
        stop = len(data) if end < 0 else end + 1
        self._line += data[position:stop]
        if len(self._line) > self._max_line_bytes:
            self.ended = self.is_broken = True
        elif end >= 0:
            line = bytes(self._line).strip()
            self._line.clear()
            self._end_line(line)
        return stop

    def _end_line(self, line: bytes) -> None:
        if self._in_trailer:
            self.ended = not line
            return
        try:
            size = int(line.partition(b";")[0], 16)
        except ValueError:
            size = -1
        self.ended = self.is_broken = size < 0
        self._in_trailer = size == 0
        self._to_skip = size + 2 if size > 0 else 0
