"""What a first visit loads stays small, and all of it is ours: style sheets and icons."""

from __future__ import annotations

import gzip
import re

import pytest

from app.web.ui.html.icons import ICONS
from tests.support.repository import ROOT
from tests.support.small_directory import AMARA, SmallDirectory, small

__all__ = ["small"]

MAX_BYTES = 60_000
MAX_GZIPPED_BYTES = 15_000
MAX_STYLE_SHEETS = 4
PAGES = {
    "/": 200,
    "/?view=table": 200,
    "/?q=nobody": 200,
    "/employee/amara": 200,
    "/add": 200,
    "/edit/amara": 200,
    "/delete/amara": 200,
    "/org": 200,
    "/org/amara": 200,
    "/insights": 200,
    "/import": 200,
    "/info": 200,
    "/doctor": 200,
    "/nowhere": 404,
}


@pytest.fixture
def staffed(small: SmallDirectory) -> SmallDirectory:
    small.put(AMARA)
    return small


def html_of(small: SmallDirectory, address: str) -> str:
    answer = small.reader.client.get(address)
    assert answer.status_code == PAGES[address]
    return answer.text


def content_of(small: SmallDirectory, address: str) -> tuple[bytes, bytes]:
    """The file as it is, and as it is sent to a browser."""
    sent = small.reader.client.get(address, headers={"Accept-Encoding": "gzip"})
    zipped = sent.headers.get("Content-Encoding") == "gzip"
    return gzip.decompress(sent.data) if zipped else sent.data, sent.data


@pytest.mark.parametrize("address", PAGES)
def test_style_sheets_and_icons_of_a_first_visit_are_few_and_small(
    staffed: SmallDirectory, address: str
) -> None:
    html = html_of(staffed, address)
    style_sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', html)
    [sprite] = set(re.findall(r'<use href="([^"#]+)#', html))
    assert 1 < len(set(style_sheets)) == len(style_sheets) <= MAX_STYLE_SHEETS
    contents = [content_of(staffed, each) for each in (*style_sheets, sprite)]
    assert sum(len(whole) for whole, _ in contents) < MAX_BYTES
    assert sum(len(sent) for _, sent in contents) < MAX_GZIPPED_BYTES


@pytest.mark.parametrize("address", PAGES)
def test_no_page_names_a_style_sheet_of_others(staffed: SmallDirectory, address: str) -> None:
    html = html_of(staffed, address)
    files = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', html))
    assert len(files) > 3
    texts = [html, *(content_of(staffed, each)[0].decode() for each in files)]
    # The health page shows the folder of this test, so its name cannot name Bootstrap.
    assert not [text for text in texts if "bootstrap" in text.lower() or "--bs-" in text]


def test_the_sprite_holds_the_icons_in_use_and_no_others() -> None:
    sprite = (ROOT / "static" / "icons.svg").read_text()
    assert re.findall(r'<symbol id="([^"]+)"', sprite) == sorted(ICONS)
    sources = [*(ROOT / "templates").glob("*.html"), *(ROOT / "app").rglob("*.py")]
    used = "\n".join(path.read_text() for path in sources if path.name != "icons.py")
    assert [name for name in sorted(ICONS) if f'"{name}"' not in used] == []
