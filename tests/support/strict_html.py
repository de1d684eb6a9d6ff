"""Pages parsed by a strict parser, which mends nothing."""

from __future__ import annotations

import functools
import re
from xml.etree.ElementTree import Element

import html5lib

# Five hundred time zones are three quarters of the elements of a form, and the same in each.
_LONG_LIST = re.compile(r'(<datalist id="time_zone-list">)(.*?)(?=</datalist>)', re.DOTALL)


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
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    root: Element = parser.parse(text)
    return root
