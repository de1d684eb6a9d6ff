"""A relay in front of a server that speaks no HTTP: hangs, resets, refuses, loses one answer.

Each fault strikes all connections at once, those that are open too.
"""

import contextlib
import socket
import struct
import threading

from tests.support.servers.server_process import HOST

RESET_AT_CLOSE = struct.pack("ii", 1, 0)


class TcpRelay:
    """Passes bytes both ways, unless it is told otherwise."""

    def __init__(self, port: int) -> None:
        self._upstream = (HOST, port)
        self._passing = threading.Event()
        self._passing.set()
        self._lost: bytes | None = None
        self._losing = False
        self._resetting = False
        self._open: set[socket.socket] = set()
        self._ended = 0  # how often all that were open were ended
        self._listener = socket.create_server((HOST, 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._start_accepting()

    def hang(self) -> None:
        """Take connections and what is sent over them, and answer nothing."""
        self._passing.clear()

    def answer_late(self) -> None:
        """Pass on what hung, on the same connections."""
        self._passing.set()

    def reset(self) -> None:
        """Reset every connection, and each new one at once."""
        self._resetting = True
        self._passing.set()
        self._end_all(reset=True)

    def refuse(self) -> None:
        """End every connection, and refuse new ones."""
        self._close_listener()
        self._end_all()

    def recover(self) -> None:
        """Pass everything on again, on new connections."""
        self._resetting = False
        self._lost = None
        self._end_all()
        self._losing = False
        self._passing.set()
        if not self._acceptor.is_alive():
            self._listener = socket.create_server((HOST, self.port), backlog=128)
            self._start_accepting()

    def lose_the_answer_to(self, words: bytes) -> None:
        """Pass these words on when they are sent, and end the connection in place of the answer."""
        self._lost = words

    def stop(self) -> None:
        self.refuse()
        self._passing.set()

    def _end_all(self, *, reset: bool = False) -> None:
        self._ended += 1
        _end(*list(self._open), reset=reset)

    def _start_accepting(self) -> None:
        self._acceptor = threading.Thread(target=self._accept, args=(self._listener,), daemon=True)
        self._acceptor.start()

    def _close_listener(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._listener.close()
        self._acceptor.join()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            ended = self._ended
            if self._resetting:
                _end(client, reset=True)
                return
            with socket.create_connection(self._upstream) as server:
                ends = {client, server}
                self._open |= ends
                if self._ended != ended:  # while this one was made, and was not known yet
                    _end(*ends, reset=self._resetting)
                answers = threading.Thread(
                    target=self._pass_answers, args=(server, client), daemon=True
                )
                answers.start()
                self._pass_questions(client, server)
                answers.join()
                self._open -= ends

    def _pass_questions(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                if self._lost is not None and self._lost in data:
                    self._losing = True
                server.sendall(data)
        _end(client, server, reset=self._resetting)

    def _pass_answers(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                self._passing.wait()
                if self._losing:
                    break
                client.sendall(data)
        _end(client, server, reset=self._resetting)


def _end(*connections: socket.socket, reset: bool = False) -> None:
    """Wake the threads that read, which close the connections."""
    how = socket.SHUT_RD if reset else socket.SHUT_RDWR
    for each in connections:
        with contextlib.suppress(OSError):
            if reset:
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
            each.shutdown(how)
