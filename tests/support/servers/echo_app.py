"""A WSGI application that tells what it was sent, and sends what it is asked for."""

import json
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_PIECE = b"0123456789abcdef" * 4096
_TOLD = ("REQUEST_METHOD", "PATH_INFO", "SCRIPT_NAME", "QUERY_STRING", "wsgi.url_scheme")


class Application:
    """``/sleep?seconds=S``, ``/send?bytes=N``, and for every other path a tale of the request."""

    def __init__(self) -> None:
        self.extensions = {"body_limit": limit_of}

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        asked = {name: value[0] for name, value in parse_qs(environ["QUERY_STRING"]).items()}
        if environ["PATH_INFO"] == "/send":
            start("200 OK", [("Content-Length", asked["bytes"])])
            return pieces(int(asked["bytes"]))
        time.sleep(float(asked.get("seconds", "0")))
        body = environ["wsgi.input"].read()
        tale = {name: environ[name] for name in _TOLD} | {"received": len(body)}
        text = json.dumps(tale).encode()
        start("200 OK", [("Content-Length", str(len(text))), ("Content-Type", "application/json")])
        return [text]


def limit_of(path: str, headers: list[tuple[str, str]]) -> int:
    if path == "/known":
        return 8_000_000 if ("COOKIE", "who=ana") in headers else 100_000
    return 100_000 if path == "/small" else 8_000_000


def pieces(size: int) -> Iterator[bytes]:
    """So many bytes of a pattern, in pieces."""
    for begin in range(0, size, len(_PIECE)):
        yield _PIECE[: min(len(_PIECE), size - begin)]


application = Application()
