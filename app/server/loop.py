"""The loop of the worker: it accepts connections, watches them, and closes slow ones."""

from __future__ import annotations

import errno
import selectors
import socket
import time
from collections.abc import Callable
from typing import Any

from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, ThreadWorker

from app.server.connection import Connection, State
from app.server.limits import HANDSHAKE_SECONDS
from app.server.listeners import drop_new_connections, nobody_else_accepts

_SWEEP_SECONDS = 0.5
_NO_MORE_DESCRIPTORS = (errno.EMFILE, errno.ENFILE)


class ConnectionLoop(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A worker whose loop has all connections but those that a thread answers.

    A subclass says what to do with a connection that can be read, and with one that has waited
    until ``expires_at``.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._connections: set[Connection] = set()
        self._swept_at = 0.0

    def run(self) -> None:
        """Serve until told to stop; then answer those who are connected."""
        self.poller.register(
            self.method_queue.fileno(), selectors.EVENT_READ, self.method_queue.run_callbacks
        )
        while self.alive and self.is_parent_alive():
            self.set_accept_enabled(len(self._connections) < self.worker_connections)
            self._turn()
        ends_at = time.monotonic() + self.cfg.graceful_timeout
        self._let_nobody_in()
        self._stop_accepting()
        while self._connections and time.monotonic() < ends_at:
            self._turn()
        self.tpool.shutdown(wait=False)
        self.poller.close()
        self.method_queue.close()

    def _turn(self) -> None:
        self.notify()
        self.wait_for_and_dispatch_events(timeout=_SWEEP_SECONDS)
        now = time.monotonic()
        if now - self._swept_at >= _SWEEP_SECONDS:
            self._swept_at = now
            for connection in [each for each in self._connections if each.expires_at <= now]:
                self._call(self.on_expired, connection)

    def _let_nobody_in(self) -> None:
        """Where the server ends, accept those alone whose handshake has begun."""
        ending = [each for each in self.sockets if nobody_else_accepts(each)]
        for listener in ending:
            drop_new_connections(listener)
        ends_at = time.monotonic() + HANDSHAKE_SECONDS
        while ending and time.monotonic() < ends_at:
            self._turn()

    def _stop_accepting(self) -> None:
        """Take the connections that wait in the queue, and close it.

        They would be reset: nobody accepts from a queue that only ending workers hold.
        """
        self.set_accept_enabled(False)
        for listener in self.sockets:
            listener.setblocking(False)
            while len(self._connections) < self.worker_connections and self.accept(listener):
                pass
            listener.close()
        latest = time.monotonic() + STOP_KEEPALIVE_LINGER
        for connection in self._connections:
            if connection.state is State.IDLE:
                connection.expires_at = min(connection.expires_at, latest)

    def accept(self, listener: socket.socket) -> bool:
        """Accept a connection if one waits; return whether it did."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in _NO_MORE_DESCRIPTORS:
                self._close_least_useful()
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                raise
            return False
        if len(self._connections) >= self.worker_connections - 1:
            self._close_least_useful()
        connection = Connection(self.cfg, client, address, listener.getsockname())
        connection.enter(State.IDLE, self.idle_seconds())
        self._connections.add(connection)
        self.watch(connection, selectors.EVENT_READ, self.on_readable)
        self._call(self.on_readable, connection)  # its request may be there already
        return True

    def _close_least_useful(self) -> None:
        """Make room: close the connection that has waited longest for its client."""
        waiting = [each for each in self._connections if each.is_watched]
        if waiting:
            self.drop(min(waiting, key=lambda each: (each.state, each.since)))

    def on_readable(self, connection: Connection) -> None:
        """Read from a connection that has something to read."""
        raise NotImplementedError

    def on_expired(self, connection: Connection) -> None:
        """End the wait of a connection that has waited too long."""
        raise NotImplementedError

    def idle_seconds(self) -> float:
        """Return how long a connection may be idle between two requests."""
        return float(self.cfg.keepalive if self.alive else STOP_KEEPALIVE_LINGER)

    def watch(
        self, connection: Connection, event: int, callback: Callable[[Connection], None]
    ) -> None:
        """Call back when the event comes, again and again until ``unwatch``."""

        def call(_: object) -> None:
            self._call(callback, connection)

        self.poller.register(connection.sock.raw, event, call)
        connection.is_watched = True

    def unwatch(self, connection: Connection) -> None:
        """Leave the connection to a thread, or watch it for something else."""
        self.poller.unregister(connection.sock.raw)
        connection.is_watched = False

    def drop(self, connection: Connection) -> None:
        """Close the connection and forget it."""
        if connection.is_watched:
            self.unwatch(connection)
        connection.forget_request()
        connection.sock.close()
        self._connections.discard(connection)

    def _call(self, callback: Callable[[Connection], None], connection: Connection) -> None:
        if connection.is_watched:  # not closed by another callback of the same turn
            self.guard(callback, connection)

    def guard(self, callback: Callable[[Connection], None], connection: Connection) -> None:
        """Call back; an error ends this connection, and not the worker."""
        try:
            callback(connection)
        except OSError:
            self.drop(connection)
        except Exception:
            self.log.exception("a connection failed")
            self.drop(connection)
