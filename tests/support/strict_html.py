"""Pages parsed by a strict parser, which mends nothing."""

from __future__ import annotations

import functools
import re
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from html5lib._tokenizer import HTMLTokenizer
from html5lib.constants import tokenTypes

# Five hundred time zones are three quarters of the elements of a form, and the same in each.
_LONG_LIST = re.compile(r'(<datalist id="time_zone-list">)(.*?)(?=</datalist>)', re.DOTALL)
# A tag as we write nearly all of them: the rest is read character by character.
_TAG = re.compile(
    r"<(?:(?P<name>[a-z][a-z0-9]*)"
    r'(?P<attributes>(?: [A-Za-z][A-Za-z0-9:-]*(?:="[^"&\0]*")?)*)(?P<closed>/?)'
    r"|/(?P<ended>[a-z][a-z0-9]*))>"
)
_ATTRIBUTE = re.compile(r' ([^ =]+)(?:="([^"]*)")?')


def parse(text: str) -> Element:
    """Return the root of the page; trees of several pages share the elements of one long list."""
    found = _LONG_LIST.search(text)
    if found is None:
        return _parse(text)
    root = _parse(text[: found.end(1)] + text[found.end() :])
    (place,) = (each for each in root.iter("datalist") if each.get("id") == "time_zone-list")
    known = _parsed_list(found[2])
    place.text = known.text
    place.extend(known)
    return root


@functools.cache
def _parsed_list(options: str) -> Element:
    page = f"<!doctype html><title>List</title><datalist>{options}</datalist>"
    (found,) = _parse(page).iter("datalist")
    return found


def _parse(text: str) -> Element:
    parser = _Parser(strict=True, namespaceHTMLElements=False)
    root: Element = parser.parse(text)
    return root


class _Parser(html5lib.HTMLParser):  # type: ignore[misc]
    """The parser of html5lib, with a tokenizer that is quicker at tags."""

    def _parse(self, stream: str, *_: Any) -> None:
        self.innerHTMLMode = self.scripting = False
        self.container = None
        self.tokenizer = _Tokenizer(stream, parser=self)
        self.tokenizer.stream._defaultChunkSize = len(stream) + 1
        self.reset()
        self.mainLoop()


class _Tokenizer(HTMLTokenizer):  # type: ignore[misc]
    """Gives the tokens of html5lib's, and leaves to that whatever is not plain, or wrong."""

    def dataState(self) -> bool:
        stream = self.stream
        found = _TAG.match(stream.chunk, stream.chunkOffset)
        token = found and _token(found)
        if not token:
            going_on: bool = super().dataState()
            return going_on
        stream.chunkOffset = found.end()
        self.currentToken = token  # the end of a title or a script is known by its start
        self.tokenQueue.append(token)
        return True


def _token(found: re.Match[str]) -> dict[str, Any] | None:
    """The token of this tag, unless it has an attribute twice."""
    name, attributes, closed, ended = found.groups()
    if ended:
        return {"type": tokenTypes["EndTag"], "name": ended, "data": [], "selfClosing": False}
    pairs = _ATTRIBUTE.findall(attributes)
    data = {name.lower(): value for name, value in pairs}
    if len(data) < len(pairs):
        return None
    return {
        "type": tokenTypes["StartTag"],
        "name": name,
        "data": data,
        "selfClosing": bool(closed),
        "selfClosingAcknowledged": False,
    }
