"""A network of our own: a machine, and the cloud around it; nothing else is in reach."""

import contextlib
import ctypes
import os
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

CLONE_NEWNET = 0x40000000
T = TypeVar("T")

MACHINE = "192.0.2.2"
CLOUD = "192.0.2.1"
METADATA = "169.254.169.254"


class Network:
    """The machine at MACHINE; the cloud at CLOUD and at the address of EC2's metadata service."""

    def __init__(self) -> None:
        name = f"directory-{os.getpid()}-{id(self):x}"
        self.machine = f"{name}-machine"
        self.cloud = f"{name}-cloud"
        self._forwarders: list[Forwarder] = []

    def __enter__(self) -> "Network":
        ip(f"netns add {self.machine}")
        ip(f"netns add {self.cloud}")
        ip(f"-n {self.machine} link add host0 type veth peer name host0 netns {self.cloud}")
        for namespace, address in ((self.machine, MACHINE), (self.cloud, CLOUD)):
            ip(f"-n {namespace} link set lo up")
            ip(f"-n {namespace} address add {address}/24 dev host0")
            ip(f"-n {namespace} link set host0 up")
        ip(f"-n {self.cloud} address add {METADATA}/32 dev lo")
        ip(f"-n {self.machine} route add default via {CLOUD}")
        return self

    def __exit__(self, *_: object) -> None:
        for forwarder in self._forwarders:
            forwarder.stop()
        ip(f"netns delete {self.machine}")
        ip(f"netns delete {self.cloud}")

    @property
    def machine_path(self) -> Path:
        return path_of(self.machine)

    def offer(self, port: int, here: int) -> None:
        """Let the machine reach a server of this host's 127.0.0.1 at CLOUD."""
        listener = inside(self.cloud, lambda: socket.create_server((CLOUD, port)))
        self._forward(listener, None, ("127.0.0.1", here))

    def reach(self, port: int) -> str:
        """An address on this host's 127.0.0.1 that leads to a port of the machine."""
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._forward(listener, self.cloud, (MACHINE, port))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    def _forward(
        self, listener: socket.socket, namespace: str | None, target: tuple[str, int]
    ) -> None:
        self._forwarders.append(Forwarder(listener, namespace, target))


class Forwarder:
    """Accepts at a socket of one namespace and connects in another; bytes pass both ways."""

    def __init__(
        self, listener: socket.socket, namespace: str | None, target: tuple[str, int]
    ) -> None:
        self._listener = listener
        self._target = target
        self._ending = False
        self._open: list[tuple[socket.socket, socket.socket]] = []
        listener.settimeout(0.2)
        self._thread = threading.Thread(target=self._accept, args=(namespace,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ending = True
        self._thread.join()
        self._listener.close()
        for connection in self._open:
            for end in connection:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def _accept(self, namespace: str | None) -> None:
        if namespace:
            enter(namespace)
        while not self._ending:
            with contextlib.suppress(TimeoutError):
                client, _ = self._listener.accept()
                client.settimeout(None)
                self._connect(client)

    def _connect(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self._target, timeout=30)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        self._open.append((client, server))
        threading.Thread(target=carry, args=(client, server), daemon=True).start()


def carry(client: socket.socket, server: socket.socket) -> None:
    """Bytes in both directions until both have ended."""
    with client, server:
        there = threading.Thread(target=pump, args=(client, server), daemon=True)
        there.start()
        pump(server, client)
        there.join()


def pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def inside(namespace: str, make: Callable[[], T]) -> T:
    """What is made in a namespace belongs to it, wherever it is used."""
    made: list[T] = []

    def run() -> None:
        enter(namespace)
        made.append(make())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return made[0]


def enter(namespace: str) -> None:
    """Move the calling thread, and it alone, into a namespace, for good."""
    libc = ctypes.CDLL(None, use_errno=True)
    with path_of(namespace).open() as handle:
        if libc.setns(handle.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"setns {namespace}")


def path_of(namespace: str) -> Path:
    return Path("/run/netns", namespace)


def ip(arguments: str) -> None:
    subprocess.run(["ip", *arguments.split()], check=True, capture_output=True, text=True)
