"""The gunicorn worker class, a gthread worker that slow clients cannot stop.

gunicorn's gthread takes a thread for a connection as soon as a byte arrives, and keeps it until the
client has sent its request and taken the response: eight slow clients stop a worker of eight
threads. Here the loop receives requests and sends what clients are slow to take; a thread computes
a response and nothing else. Requests that need no store have threads of their own.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from gunicorn.http.errors import NoMoreData

from app.metrics.requests import BUSY_SERVER, RequestMetrics
from app.runtime import deadline, load_balancer, log_context
from app.server.connection import Connection, State
from app.server.incoming import IncomingRequest
from app.server.limits import (
    LINGER_SECONDS,
    LONG_LINGER_SECONDS,
    MAX_STORED_BYTES,
    MAX_STORED_BYTES_IN_MEMORY,
    MAX_UNSENT_BYTES_OF_WORKER,
    STALLED_SECONDS,
)
from app.server.loop import ConnectionLoop
from app.server.refusals import BUSY, HEAD_TOO_LARGE, TOO_SLOW

_READ_BYTES = 64 * 1024
_RESERVED_THREADS = 2
_RESERVED_PATHS = ("/healthz", "/metrics", "/static/", "/favicon.ico")


class BufferingWorker(ConnectionLoop):
    """Receives requests and sends responses in its loop, and computes responses in threads."""

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        """Refuse to end TLS, which needs a thread for each handshake: a proxy in front does."""
        if cfg.is_ssl:
            raise RuntimeError("the directory serves plain HTTP: let a proxy in front end TLS")

    def init_process(self) -> None:
        """Make the threads, and run the loop until the worker is told to stop."""
        self._reserved = ThreadPoolExecutor(_RESERVED_THREADS, thread_name_prefix="reserved")
        super().init_process()
        self._reserved.shutdown(wait=False)

    def on_expired(self, connection: Connection) -> None:
        """Answer 408 to a slow request; close what was slow otherwise."""
        if connection.state in (State.HEAD, State.BODY):
            self.log.info("a client was too slow to send its request: 408")
            self._refuse(connection, TOO_SLOW)
        else:
            self.drop(connection)

    def _refuse(self, connection: Connection, response: bytes) -> None:
        connection.sock.sendall(response)
        self.unwatch(connection)
        self._linger(connection, LONG_LINGER_SECONDS)

    # Requests

    def on_readable(self, connection: Connection) -> None:
        """Receive a request, and hand it to a thread when it is complete."""
        data = self._read(connection)
        if data is None:
            return
        if not data:
            self.drop(connection)
        elif connection.receive(data):
            self._answer(connection)
        elif connection.incoming is not None:
            self._limit_body(connection, connection.incoming)

    def _answer(self, connection: Connection) -> None:
        if isinstance(connection.parser.error, NoMoreData):
            self._refuse(connection, HEAD_TOO_LARGE)
        else:
            self.unwatch(connection)
            self.enqueue_req(connection)

    def _read(self, connection: Connection) -> bytes | None:
        """Return what is there, nothing at the end, or None if there is nothing yet."""
        try:
            return connection.sock.raw.recv(_READ_BYTES)
        except BlockingIOError:
            return None
        except OSError:
            return b""

    def _limit_body(self, connection: Connection, incoming: IncomingRequest) -> None:
        """Refuse a body that is too large before it is received."""
        size = max(incoming.length or 0, incoming.stored_bytes)
        stored = self._stored_bytes()
        if stored > MAX_STORED_BYTES:
            self._count_refusal()
            self._refuse(connection, BUSY)
            return
        if size > self._largest_body(incoming.parsed):
            incoming.cut()  # the application says what is wrong with it
        elif stored > MAX_STORED_BYTES_IN_MEMORY:
            incoming.leave_memory()
        if incoming.is_complete:
            self._answer(connection)
        else:
            connection.send_continue()

    def _count_refusal(self) -> None:
        """Count it among the requests of the application, which never sees it."""
        metrics: RequestMetrics | None
        metrics = getattr(self.wsgi, "extensions", {}).get("request_metrics")
        if metrics is not None:
            metrics.refused(BUSY_SERVER)

    def _largest_body(self, request: Any) -> int:
        """Return the limit that the application sets for this request, by its path and headers."""
        limit: Callable[[str, list[tuple[str, str]]], int] | None
        limit = getattr(self.wsgi, "extensions", {}).get("body_limit")
        return limit(request.path, request.headers) if limit else MAX_STORED_BYTES

    def _stored_bytes(self) -> int:
        requests = (each.incoming for each in self._connections)
        return sum(request.stored_bytes for request in requests if request is not None)

    def enqueue_req(self, conn: Connection) -> None:
        """Give the request to a thread: a reserved one if no store can make it wait."""
        conn.begin_handling()
        pool = self._reserved if _needs_no_store(conn.parser.request) else self.tpool
        future = pool.submit(self.handle, conn)
        future.add_done_callback(partial(self.method_queue.defer, self.finish_request, conn))

    def handle(self, conn: Connection) -> bool:
        """Answer the request, in a thread; return whether the connection can be used again."""
        log_context.end()  # what goes before the application is not about the last request
        deadline.begin_at(conn.complete_at)
        kept_alive = bool(super().handle(conn))
        try:
            conn.sock.flush()
        except OSError:
            return False
        return kept_alive

    def _keepalive_after(self, conn: Connection, keepalive: bool) -> bool:
        return keepalive  # a body that the application did not read is not on the socket

    # Responses

    def finish_request(self, conn: Connection, fs: Future[bool]) -> None:
        """Send the rest of the response, and wait for the next request or for the end."""
        conn.kept_alive = not fs.cancelled() and fs.exception() is None and fs.result()
        self.guard(self._finish_response, conn)

    def _finish_response(self, connection: Connection) -> None:
        if connection.sock.fileno() < 0:
            self.drop(connection)
        elif connection.sock.unsent_bytes:
            connection.enter(State.SENDING, STALLED_SECONDS)
            self.watch(connection, selectors.EVENT_WRITE, self._on_writable)
            self._limit_unsent()
        else:
            self._after_response(connection)

    def _on_writable(self, connection: Connection) -> None:
        before = connection.sock.unsent_bytes
        if connection.sock.flush():
            self.unwatch(connection)
            self._after_response(connection)
        elif connection.sock.unsent_bytes < before:
            connection.expires_at = time.monotonic() + STALLED_SECONDS

    def _limit_unsent(self) -> None:
        slow = [each for each in self._connections if each.state is State.SENDING]
        slow.sort(key=lambda each: each.expires_at, reverse=True)
        unsent = sum(each.sock.unsent_bytes for each in slow)
        while unsent > MAX_UNSENT_BYTES_OF_WORKER:
            stalled = slow.pop()
            unsent -= stalled.sock.unsent_bytes
            self.drop(stalled)

    def _after_response(self, connection: Connection) -> None:
        was_cut = connection.incoming is not None and connection.incoming.is_cut
        if not connection.kept_alive:
            self._linger(connection, LONG_LINGER_SECONDS if was_cut else LINGER_SECONDS)
        elif connection.next_request(self.idle_seconds()):
            self.enqueue_req(connection)
        else:
            self.watch(connection, selectors.EVENT_READ, self.on_readable)

    def _linger(self, connection: Connection, seconds: float) -> None:
        """Send the end of the response, and read on until the client closes."""
        connection.forget_request()
        try:
            connection.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.drop(connection)
            return
        connection.enter(State.LINGERING, seconds)
        self.watch(connection, selectors.EVENT_READ, self._on_lingering)

    def _on_lingering(self, connection: Connection) -> None:
        if self._read(connection) == b"":
            self.drop(connection)


def _needs_no_store(request: Any) -> bool:
    """Return whether the request is of a monitor or for a file of the release."""
    if request is None:
        return True  # it is refused
    if request.path.startswith(_RESERVED_PATHS):
        return True
    agents = (value for name, value in request.headers if name == "USER-AGENT")
    return load_balancer.is_probe(request.path, next(agents, ""))
