"""A TCP proxy between the directory and its servers that fails when a test tells it to."""

import contextlib
import select
import socket
import struct
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from tests.support.servers.faults import Clause, Fault, Matches, Script, reset
from tests.support.servers.http_messages import (
    ConnectionEnded,
    Reply,
    Request,
    read_reply,
    read_request,
)
from tests.support.servers.server_process import HOST

TICK = 0.05
# What an idle connection is matched by: it is meant where every request is.
ANY_REQUEST = Request("", "", {}, b"", b"")
RESET_AT_CLOSE = struct.pack("ii", 1, 0)


class FaultProxy:
    """Passes every request on, byte for byte, and remembers it, unless a rule strikes.

    proxy.on("TransactWriteItems").answer(transaction_conflict(), times=7)
    proxy.on("PUT", path="/photos/*").lose_reply(times=1)
    proxy.on("Query").hang()
    proxy.seize("*").hang()
    proxy.refuse()
    proxy.recover()
    """

    def __init__(self, upstream: str) -> None:
        address = urlsplit(upstream)
        self.upstream = (address.hostname or HOST, address.port or 80)
        self.script = Script()
        self.requests: list[Request] = []
        self._connections: set[_Connection] = set()
        self._lock = threading.Lock()
        self._listener = _listen(0)
        self.port: int = self._listener.getsockname()[1]
        self._start_accepting()

    @property
    def endpoint(self) -> str:
        return f"http://{HOST}:{self.port}"

    def on(self, operation: str | Matches = "*", path: str = "*") -> Clause:
        """Begin a rule; see `faults.Clause` for the verbs that may follow."""
        return self.script.on(operation, path)

    def seize(self, operation: str | Matches = "*", path: str = "*") -> Clause:
        """Begin a rule that strikes at once: requests under way, and idle connections, as well.

        A reset of "*" resets the connections that wait for their next request, too.
        """
        return self.script.on(operation, path, self._seize)

    def refuse(self) -> None:
        """Refuse every connection, and end those that are open."""
        self._accepting.clear()
        self._acceptor.join()
        self._listener.close()
        self._end(self._open())

    def recover(self) -> None:
        """Forget all rules, end what hangs, listen again. What was seen is kept."""
        self.script.clear()
        self._end([connection for connection in self._open() if connection.hanging])
        if not self._accepting.is_set():
            self._listener = _listen(self.port)
            self._start_accepting()

    def stop(self) -> None:
        self.refuse()
        self.script.clear()

    def count(self, operation: str = "*") -> int:
        """How many requests came, repeated ones too: all, or those of one operation."""
        return self.operations.total() if operation == "*" else self.operations[operation]

    @property
    def operations(self) -> Counter[str]:
        return Counter(request.operation for request in list(self.requests))

    def forget(self) -> None:
        """Count from zero again."""
        self.requests.clear()

    def _seize(self, matches: Matches, fault: Fault) -> None:
        for connection in self._open():
            with contextlib.suppress(OSError):  # it was closed meanwhile
                connection.seize(matches, fault)

    def _start_accepting(self) -> None:
        self._accepting = threading.Event()
        self._accepting.set()
        self._acceptor = threading.Thread(
            target=self._accept, args=(self._listener, self._accepting), daemon=True
        )
        self._acceptor.start()

    def _accept(self, listener: socket.socket, accepting: threading.Event) -> None:
        while accepting.is_set():
            with contextlib.suppress(TimeoutError):
                client, _ = listener.accept()
                client.settimeout(None)
                connection = _Connection(self, client)
                with self._lock:
                    self._connections.add(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: "_Connection") -> None:
        try:
            with contextlib.suppress(OSError, ValueError, ConnectionEnded):
                connection.serve()
        finally:
            connection.close()
            with self._lock:
                self._connections.discard(connection)

    def _open(self) -> list["_Connection"]:
        with self._lock:
            return list(self._connections)

    @staticmethod
    def _end(connections: list["_Connection"]) -> None:
        for connection in connections:
            connection.end()


class _Seized(Exception):
    """A fault was switched on while the exchange was under way."""


class _Connection:
    """One connection of a client, and the exchange that is going on over it."""

    request: Request
    hanging = False

    def __init__(self, proxy: FaultProxy, client: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._stream = client.makefile("rb")
        self._server: socket.socket | None = None
        self._ended = threading.Event()
        self._under_way = False
        self._seized: tuple[Matches, Fault] | None = None
        self._lock = threading.Lock()

    def serve(self) -> None:
        while not self._ended.is_set():
            self.request = read_request(self._stream, ask_for_body=self._ask_for_body)
            self._proxy.requests.append(self.request)
            with self._lock:
                fault = self._proxy.script.choose(self.request)
                self._under_way = True
            try:
                fault(self)
            except _Seized:
                assert self._seized
                self._seized[1](self)
            self._become_idle()

    def _become_idle(self) -> None:
        """Wait for the next request; what was seized after its reply had gone is idle by now."""
        with self._lock:
            self._under_way = False
            late, self._seized = self._seized, None
            if late is not None:
                self._seize_idle(*late)

    def seize(self, matches: Matches, fault: Fault) -> None:
        """Called from another thread: do this to the request under way, or to an idle client."""
        with self._lock:
            if self._under_way and matches(self.request):
                self._seized = (matches, fault)
                self._shut(self._server)
                if self.hanging and fault is reset:
                    self.reset()
            elif not self._under_way:
                self._seize_idle(matches, fault)

    def _seize_idle(self, matches: Matches, fault: Fault) -> None:
        if fault is reset and matches(ANY_REQUEST):
            self.reset()
            with contextlib.suppress(OSError):
                self._client.shutdown(socket.SHUT_RD)  # wakes its thread, which closes it

    def forward(self) -> Reply:
        """Let the server do it, over a connection of its own, and bring its whole reply.

        What a client asked that has gone meanwhile is not done any more.
        """
        if self._ended.is_set() or self._client_has_gone(within=0):
            raise ConnectionEnded
        try:
            with socket.create_connection(self._proxy.upstream) as self._server:
                self._raise_if_seized()
                self._server.sendall(self.request.raw)
                with self._server.makefile("rb") as stream:
                    return read_reply(stream, self.request.method)
        except (OSError, ValueError, ConnectionEnded):
            self._raise_if_seized()
            raise
        finally:
            self._server = None

    def send(self, reply: Reply) -> None:
        self._raise_if_seized()
        self._client.sendall(reply.raw)
        if reply.ends_connection:
            self._ended.set()

    def _raise_if_seized(self) -> None:
        if self._seized is not None:
            raise _Seized

    @staticmethod
    def _shut(connection: socket.socket | None) -> None:
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def cut(self, reply: Reply) -> None:
        self._client.sendall(reply.raw[: len(reply.raw) // 2])
        self.reset()

    def reset(self) -> None:
        self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
        self._ended.set()

    def hang(self) -> None:
        """Hold the connection open and silent, until the client or the test gives up."""
        self.hanging = True
        while not self._ended.is_set() and not self._client_has_gone(within=TICK):
            pass
        self._ended.set()

    def wait(self, seconds: float) -> None:
        self._ended.wait(seconds)

    def end(self) -> None:
        """Called from another thread: stop what goes on and wake whoever reads."""
        self._ended.set()
        self._shut(self._client)

    def close(self) -> None:
        self._stream.close()
        self._client.close()

    def _ask_for_body(self) -> None:
        self._client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _client_has_gone(self, within: float) -> bool:
        readable, _, _ = select.select([self._client], [], [], within)
        return bool(readable) and not self._client.recv(1, socket.MSG_PEEK)


@contextmanager
def black_hole() -> Iterator[str]:
    """An endpoint where not even the connection is answered: the connect limit must end it."""
    with contextlib.ExitStack() as open_sockets:
        listener = open_sockets.enter_context(socket.socket())
        listener.bind((HOST, 0))
        listener.listen(0)
        for _ in range(4):  # fill the queue; Linux then drops every further knock
            filler = open_sockets.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield f"http://{HOST}:{listener.getsockname()[1]}"


def _listen(port: int) -> socket.socket:
    listener = socket.create_server((HOST, port), backlog=128)
    listener.settimeout(TICK)
    return listener
