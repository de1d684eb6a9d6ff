"""Send a response without waiting for a client that reads slowly."""

import select
import socket
from typing import BinaryIO

from app.server.limits import MAX_UNSENT_BYTES, STALLED_SECONDS

# So much is collected before it is sent: the headers and the body of a page go together.
_SEND_BYTES = 64 * 1024


class OutgoingSocket:
    """The socket as gunicorn writes to it; what the client does not take yet is kept.

    A thread waits only where more than MAX_UNSENT_BYTES are unsent, which only a download reaches;
    then a client that takes nothing for STALLED_SECONDS is given up with TimeoutError.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.raw = sock
        self.unsent_bytes = 0
        self._unsent: list[bytes | memoryview] = []

    def sendall(self, data: bytes) -> None:
        """Send the data, or keep it for ``flush``. Raises OSError if the client is gone."""
        self._unsent.append(data)
        self.unsent_bytes += len(data)
        if self.unsent_bytes >= _SEND_BYTES:
            self.flush()
        while self.unsent_bytes > MAX_UNSENT_BYTES:
            self._wait()
            self.flush()

    def sendfile(self, file: BinaryIO, offset: int = 0, count: int | None = None) -> int:
        """Send a file from an offset; return how many bytes were sent."""
        file.seek(offset)
        remaining = count
        while remaining is None or remaining > 0:
            size = _SEND_BYTES if remaining is None else min(_SEND_BYTES, remaining)
            data = file.read(size)
            if not data:
                break
            self.sendall(data)
            remaining = None if remaining is None else remaining - len(data)
        return file.tell() - offset

    def flush(self) -> bool:
        """Send what the client takes now; return whether nothing is left."""
        while self._unsent:
            data = self._unsent[0] if len(self._unsent) == 1 else b"".join(self._unsent)
            try:
                sent = self.raw.send(data)
            except BlockingIOError:
                self._unsent = [data]
                return False
            self.unsent_bytes -= sent
            self._unsent = [memoryview(data)[sent:]] if sent < len(data) else []
        return True

    def _wait(self) -> None:
        poll = select.poll()
        poll.register(self.raw, select.POLLOUT)
        if not poll.poll(1000 * STALLED_SECONDS):
            raise TimeoutError("the client takes nothing of the response")

    def fileno(self) -> int:
        """Return the descriptor of the socket, -1 if it is closed."""
        return self.raw.fileno()

    def recv(self, size: int) -> bytes:
        """Receive what is there. Raises BlockingIOError if there is nothing."""
        return self.raw.recv(size)

    def shutdown(self, how: int) -> None:
        """Send what the client takes now, and end the connection in one or both directions."""
        if how == socket.SHUT_WR:
            self.flush()
        self.raw.shutdown(how)

    def close(self) -> None:
        """Close the socket and forget what is unsent."""
        self._unsent, self.unsent_bytes = [], 0
        self.raw.close()

    def gettimeout(self) -> float:
        """Return 0: the socket never blocks."""
        return 0.0

    def settimeout(self, seconds: float | None) -> None:
        """Do nothing: the socket never blocks."""

    def setblocking(self, flag: bool) -> None:
        """Do nothing: the socket never blocks."""
