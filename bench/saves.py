"""Saving a person as a browser does: the form is opened, one field is changed, the form is sent."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import html5lib

from bench.asking import InTurn, Request, ask, connected
from bench.server import Server
from tests.support.page_reader import Page, fields_of


class Saves:
    """Forms that are filled in and only have to be sent; every one changes a telephone number."""

    def __init__(self, server: Server, paths: Sequence[str]) -> None:
        self._server = server
        self._forms = InTurn([Request(path) for path in paths])
        # Without a seed: the same number again would change nothing, and nothing would be saved.
        self._chance = random.Random()

    def __call__(self, number: int) -> list[Request]:
        with connected(self._server.port) as connection:
            return [self._filled_in(connection, form) for form in self._forms(number)]

    def _filled_in(self, connection: Any, form: Request) -> Request:
        answer = ask(connection, form)
        tree = html5lib.parse(answer.body, namespaceHTMLElements=False)
        (posts,) = (each for each in Page(None, tree).all("form", method="post"))  # type: ignore[arg-type]
        fields = fields_of(posts) | {"phone": [f"+1 206 {self._chance.randrange(10**7):07}"]}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": answer.headers["Set-Cookie"].partition(";")[0],
        }
        body = urlencode(fields, doseq=True).encode()
        return Request(form.path, "POST", headers, body, status=303)
