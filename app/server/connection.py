"""A client's connection, and what it waits for."""

import socket
import time
from enum import IntEnum
from typing import Any

from gunicorn.workers.gthread import TConn

from app.server.incoming import IncomingHead, IncomingRequest
from app.server.limits import (
    BODY_GRACE_SECONDS,
    HEAD_SECONDS,
    MAX_HEAD_BYTES,
    MIN_BODY_BYTES_PER_SECOND,
)
from app.server.outgoing import OutgoingSocket

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class State(IntEnum):
    """What a connection waits for; the first ones are the first to be closed if there are many."""

    LINGERING = 0  # the client to close it
    IDLE = 1  # the first byte of a request
    HEAD = 2  # the rest of a head
    BODY = 3  # the rest of a body
    SENDING = 4  # the client to take the response
    HANDLING = 5  # a thread


class _OneRequest:
    """A parser, as gunicorn's worker asks one, that was given its request."""

    def __init__(self) -> None:
        self.request: Any = None
        self.error: Exception | None = None

    def __next__(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.request


class Connection(TConn):  # type: ignore[misc]  # gunicorn has no types
    """A connection whose requests are received by the worker's loop and answered by a thread.

    ``expires_at`` is the time of the monotonic clock at which its state has lasted too long.
    """

    sock: OutgoingSocket
    parser: _OneRequest

    def __init__(self, cfg: Any, sock: socket.socket, client: Any, server: Any) -> None:
        super().__init__(cfg, OutgoingSocket(sock), client, server)
        sock.setblocking(False)
        self.initialized = self.data_ready = True
        self.parser = _OneRequest()
        self.state = State.IDLE
        self.since = time.monotonic()
        self.expires_at = 0.0
        self.complete_at = 0.0
        self.incoming: IncomingRequest | None = None
        self.kept_alive = False
        self.is_watched = False
        self._head = IncomingHead()
        self._number = 0

    def enter(self, state: State, seconds: float = float("inf")) -> None:
        """Wait in this state, for so many seconds at most."""
        now = time.monotonic()
        self.state, self.since, self.expires_at = state, now, now + seconds

    def receive(self, data: bytes) -> bool:
        """Take what the client sent; return whether a thread can answer.

        That is the case for a complete request, and for one that is to be refused.
        """
        if self.incoming is None:
            if data and self.state is State.IDLE:
                self.enter(State.HEAD, HEAD_SECONDS)
            self._head.add(data)
            body = self._take_head()
            if body is None:
                return self.parser.error is not None
            data = body
        return self.incoming is not None and self._take_body(self.incoming, data)

    def _take_head(self) -> bytes | None:
        """Parse the head; return what follows it, or None if it is incomplete or refused."""
        parts = self._head.split()
        if parts is None:
            received = bytes(self._head.received)
            if len(received) <= MAX_HEAD_BYTES and not self._head.has_bare_line_feeds():
                return None
            parts = received, b""  # the parser says what is wrong with it
        self._number += 1
        try:
            self.incoming = IncomingRequest(self.cfg, parts[0], self.client, self._number)
        except Exception as error:  # noqa: BLE001  # StopIteration too: the thread answers it
            self.parser.error = error
            return None
        self.parser.request = self.incoming.parsed
        self._head = IncomingHead()
        return parts[1]

    def _take_body(self, request: IncomingRequest, data: bytes) -> bool:
        rest = data if request.is_complete else request.feed(data)
        if not request.is_complete:
            if self.state is not State.BODY:
                self.enter(State.BODY)
            allowed = BODY_GRACE_SECONDS + request.stored_bytes / MIN_BODY_BYTES_PER_SECOND
            self.expires_at = self.since + allowed
            return False
        self._head.add(rest)
        return True

    def begin_handling(self) -> None:
        """Hand the request to a thread."""
        self.enter(State.HANDLING)
        self.complete_at = self.since
        if self.incoming is not None:
            self.incoming.rewind()

    def next_request(self, seconds: float) -> bool:
        """Wait for the next request on the connection; return whether it is already complete."""
        self.forget_request()
        self.enter(State.IDLE, seconds)
        return bool(self._head.received) and self.receive(b"")

    def forget_request(self) -> None:
        """Delete the request that was answered."""
        if self.incoming is not None:
            self.incoming.close()
        self.incoming = None
        self.parser.request = self.parser.error = None

    def send_continue(self) -> None:
        """Tell a client that asked first to send its body."""
        if self.incoming is not None and self.incoming.expects_continue():
            self.sock.sendall(_CONTINUE)
            self.sock.flush()
