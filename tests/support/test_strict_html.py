"""A page is parsed as it is, whether its long list was known before or not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from xml.etree import ElementTree

import html5lib
import pytest
from html5lib.html5parser import ParseError

from tests.support import strict_html
from tests.support.small_app import small_app


def test_a_form_is_parsed_as_in_one_piece(tmp_path: Path) -> None:
    text = small_app(tmp_path).test_client().get("/add").text
    assert text.count("<option") > 400
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    for _ in range(2):
        assert ElementTree.tostring(strict_html.parse(text)) == ElementTree.tostring(
            parser.parse(text)
        )


@pytest.mark.parametrize("wrong", ["<option value=x", "<option></div></option>", "<p id=a id=b>"])
def test_what_is_wrong_within_the_list_or_without_is_told(wrong: str) -> None:
    page = '<!doctype html><title>T</title><body>{}<datalist id="time_zone-list">{}</datalist>'
    for text in (page.format(wrong, ""), page.format("", wrong)):
        with pytest.raises(ParseError):
            strict_html.parse(text)


ODDITIES = (
    *("<", ">", '"', "'", "&", "&amp;", "\0", "\r\n", "\x85", " ", "/", "=", " a", ' a=""', "/>"),
    *("<b>", "</b>", "<br/>", "<SPAN>", "<a href=x>", '<p a="1" A="2">', "<!--", "-->", "<option>"),
    *('<svg viewBox="0 0 1 1">', "</svg>", "<title>", "</title>", "<script>", "</script>"),
    *("<textarea>\n", "<table>", "\ud800"),
)


def outcome(parse: Callable[[str], ElementTree.Element], text: str) -> str:
    try:
        return ElementTree.tostring(parse(text), "unicode")
    except ParseError as error:
        return f"refused: {error}"


def test_a_page_with_anything_anywhere_is_parsed_or_refused_as_by_html5lib(tmp_path: Path) -> None:
    page, random = small_app(tmp_path).test_client().get("/no-such-page").text, Random(5)
    kinds = set()
    for number in range(300):
        place = random.randrange(len(page))
        odd = ODDITIES[number % len(ODDITIES)]
        text = page[:place] + odd + page[place + random.randrange(3) :]
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        found = outcome(strict_html.parse, text)
        assert found == outcome(parser.parse, text), (odd, text[max(place - 60, 0) : place + 60])
        kinds.add(found.startswith("refused"))
    assert kinds == {True, False}
