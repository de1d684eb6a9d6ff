"""HTTP/1.1 messages, read whole and kept byte for byte."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO


class ConnectionEnded(Exception):
    """The other side closed before, or in the middle of, a message."""


@dataclass(frozen=True)
class Request:
    """One request as the proxy saw it."""

    method: str
    path: str
    headers: dict[str, str]
    raw_head: bytes
    raw_body: bytes

    @property
    def operation(self) -> str:
        """The DynamoDB operation (`TransactWriteItems`); for S3 and others the method."""
        return self.headers.get("x-amz-target", self.method).rpartition(".")[2]

    @property
    def raw(self) -> bytes:
        return self.raw_head + self.raw_body

    @property
    def json(self) -> Any:
        return json.loads(self.raw_body)


@dataclass(frozen=True)
class Reply:
    """One reply, with what the connection needs to know of it."""

    status: int
    raw: bytes
    ends_connection: bool = False


def read_request(stream: BinaryIO, ask_for_body: Callable[[], None]) -> Request:
    raw_head = _read_head(stream)
    method, path, _ = raw_head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
    headers = _parse_headers(raw_head)
    if headers.get("expect", "").lower() == "100-continue":
        ask_for_body()
    return Request(method, path, headers, raw_head, _read_body(stream, headers))


def read_reply(stream: BinaryIO, method: str) -> Reply:
    """The final reply; a `100 Continue` before it is passed over."""
    raw_head = _read_head(stream)
    status = int(raw_head.split(b" ", 2)[1])
    if status < 200:
        return read_reply(stream, method)
    headers = _parse_headers(raw_head)
    ends_connection = headers.get("connection", "").lower() == "close"
    if method == "HEAD" or status in (204, 304):
        return Reply(status, raw_head, ends_connection)
    if "content-length" not in headers and "transfer-encoding" not in headers:
        return Reply(status, raw_head + stream.read(), ends_connection=True)
    return Reply(status, raw_head + _read_body(stream, headers), ends_connection)


def _read_head(stream: BinaryIO) -> bytes:
    lines: list[bytes] = []
    while not lines or lines[-1] != b"\r\n":
        lines.append(_read_line(stream))
    return b"".join(lines)


def _parse_headers(raw_head: bytes) -> dict[str, str]:
    lines = raw_head.decode("latin-1").split("\r\n")[1:]
    fields = (line.partition(":") for line in lines if line)
    return {name.strip().lower(): value.strip() for name, _, value in fields}


def _read_body(stream: BinaryIO, headers: dict[str, str]) -> bytes:
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return _read_chunks(stream)
    return _read_exactly(stream, int(headers.get("content-length", 0)))


def _read_chunks(stream: BinaryIO) -> bytes:
    parts: list[bytes] = []
    while True:
        line = _read_line(stream)
        parts.append(line)
        size = int(line.split(b";")[0], 16)
        if size == 0:
            break
        parts.append(_read_exactly(stream, size + len(b"\r\n")))
    while parts[-1] != b"\r\n":  # trailers, and the empty line after them
        parts.append(_read_line(stream))
    return b"".join(parts)


def _read_line(stream: BinaryIO) -> bytes:
    line = stream.readline()
    if not line.endswith(b"\n"):
        raise ConnectionEnded
    return line


def _read_exactly(stream: BinaryIO, size: int) -> bytes:
    body = stream.read(size)
    if len(body) < size:
        raise ConnectionEnded
    return body
