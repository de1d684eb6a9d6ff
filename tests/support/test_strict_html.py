"""A page is parsed as it is, whether its long list was known before or not."""

from __future__ import annotations

from pathlib import Path
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
