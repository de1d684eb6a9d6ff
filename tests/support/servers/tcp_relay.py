"""A relay in front of a server that speaks no HTTP: falls silent, refuses, loses one answer."""

import contextlib
import socket
import threading

from tests.support.servers.server_process import HOST


class TcpRelay:
    """Passes bytes both ways, unless it is told otherwise."""

    def __init__(self, port: int) -> None:
        self._upstream = (HOST, port)
        self._passing = threading.Event()
        self._passing.set()
        self._lost: bytes | None = None
        self._losing = False
        self._open: set[socket.socket] = set()
        self._refusing = False
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def fall_silent(self) -> None:
        """Take what is sent, and answer nothing."""
        self._passing.clear()

    def refuse(self) -> None:
        """End every connection, and each new one at once."""
        self._refusing = True
        _end(*list(self._open))

    def recover(self) -> None:
        """Pass everything on again, on new connections."""
        self._refusing = False
        self._lost = None
        _end(*list(self._open))
        self._losing = False
        self._passing.set()

    def lose_the_answer_to(self, words: bytes) -> None:
        """Pass these words on when they are sent, and end the connection in place of the answer."""
        self._lost = words

    def stop(self) -> None:
        self._listener.close()
        self.refuse()
        self._passing.set()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            if self._refusing:
                return
            with socket.create_connection(self._upstream) as server:
                ends = {client, server}
                self._open |= ends
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
        _end(client, server)

    def _pass_answers(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                self._passing.wait()
                if self._losing:
                    break
                client.sendall(data)
        _end(client, server)


def _end(*connections: socket.socket) -> None:
    for each in connections:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
