"""Listening sockets of a server that ends: it takes no new connection and resets none."""

import contextlib
import ctypes
import os
import socket
import struct
from pathlib import Path

_SO_ATTACH_FILTER = 26  # of Linux; Python has no name for it
# A packet that opens a connection (SYN without ACK, byte 13 of a TCP head) is dropped. Classic BPF,
# see linux/filter.h: load the byte, mask it, skip one step unless it is a SYN, drop, keep.
_DROP_NEW_CONNECTIONS = (
    (0x30, 0, 0, 13),
    (0x54, 0, 0, 0x12),
    (0x15, 0, 1, 0x02),
    (0x06, 0, 0, 0),
    (0x06, 0, 0, 0xFFFFFFFF),
)


def nobody_else_accepts(listener: socket.socket) -> bool:
    """Return whether the server ends: its first process has closed this listener.

    A worker that is replaced leaves a listener that others accept from. False where the system does
    not tell (Linux does, in /proc).
    """
    number = os.fstat(listener.fileno()).st_ino
    link = f"socket:[{number}]"
    try:
        return all(_target(each) != link for each in Path(f"/proc/{os.getppid()}/fd").iterdir())
    except OSError:
        return False


def _target(link: Path) -> str:
    with contextlib.suppress(FileNotFoundError):  # closed meanwhile
        return str(link.readlink())
    return ""


def drop_new_connections(listener: socket.socket) -> None:
    """Let nobody new into the queue of the listener, in any process that has it.

    A client that tries is told nothing; it tries again a second later, and is refused by then. Who
    came between the last ``accept`` and ``close`` would be reset instead, with a request sent.
    """
    steps = b"".join(struct.pack("HBBI", *step) for step in _DROP_NEW_CONNECTIONS)
    program = ctypes.create_string_buffer(steps)
    head = struct.pack("HL", len(_DROP_NEW_CONNECTIONS), ctypes.addressof(program))
    with contextlib.suppress(OSError):  # a socket of another family, or another system
        listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, head)
