"""Saving a person as a browser does: the form is opened, one field is changed, the form is sent."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection
from types import MappingProxyType
from urllib.parse import urlencode

import html5lib

from bench.asking import InTurn, Request, ask, connected
from bench.server import Server
from tests.support.page_reader import Page, fields_of

_NOTHING: Mapping[str, list[str]] = MappingProxyType({})


class Saves:
    """Forms that are filled in and only have to be sent; every one changes a telephone number."""

    def __init__(self, server: Server, paths: Sequence[str]) -> None:
        self._server = server
        self._paths = paths
        self._forms = InTurn([Request(path) for path in paths])
        # Without a seed: the same number again would change nothing, and nothing would be saved.
        self._chance = random.Random()

    def __call__(self, number: int) -> list[Request]:
        with connected(self._server.port) as connection:
            return [
                filled_in(connection, form.path, {"phone": [self._number()]})
                for form in self._forms(number)
            ]

    def on(self, server: Server) -> Saves:
        """Return the same forms of another server of the same world."""
        return Saves(server, self._paths)

    def _number(self) -> str:
        return f"+1 206 {self._chance.randrange(10**7):07}"


def filled_in(
    connection: HTTPConnection, path: str, changed: Mapping[str, list[str]] = _NOTHING
) -> Request:
    """Return the form of a page as a browser sends it, with these fields changed."""
    answer = ask(connection, Request(path))
    tree = html5lib.parse(answer.body, namespaceHTMLElements=False)
    (form,) = Page(None, tree).all("form", method="post")  # type: ignore[arg-type]
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": answer.headers["Set-Cookie"].partition(";")[0],
    }
    body = urlencode({**fields_of(form), **changed}, doseq=True).encode()
    return Request(path, "POST", headers, body, status=303)
