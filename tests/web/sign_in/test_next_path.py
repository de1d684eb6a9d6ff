"""Only a page of ours is gone on with after a sign-in."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.sign_in.next_path import own_path

HERE = "http://directory.example/sign-in"


@pytest.mark.parametrize(
    "path",
    ["/", "/employee/a1", "/?q=zo%C3%AB&badge=bug", "/edit/a//b", "/import/1#rows", "/?next=//x",
     "/?q=https://evil.example", "/employee/zoë", "/setup/K7QF-2MXD-9RWB", "/sign-inn"],
)  # fmt: skip
def test_a_page_of_ours_is_kept(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "attack",
    ["//evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example", "https://evil.example",
     "javascript:alert(1)", "evil.example", "", " //evil.example", " /x", "///evil.example",
     "/\t/evil.example", "/\n/evil.example", "/x\r\nSet-Cookie: a=b", "/x\x00", "/x\x85y", "/\x1f",
     "/x\\..\\y", "?q=a", "@evil.example", "/" + "x" * 5000],
)  # fmt: skip
def test_another_site_is_never_gone_on_with(attack: str) -> None:
    assert own_path(attack) == "/"


def test_nothing_leads_to_the_list_of_people() -> None:
    assert own_path(None) == own_path("") == "/"


@pytest.mark.parametrize(
    "door", ["/sign-in", "/sign-in?next=/", "/sign-in/password", "/sign-out", "/sign-out/"]
)
def test_nobody_is_sent_from_door_to_door(door: str) -> None:
    assert own_path(door) == "/"


@given(st.text(alphabet="/\\:@?#.%\t\r\n aefhtps0", max_size=12))
def test_a_browser_stays_at_this_host(text: str) -> None:
    # As browsers do it: tabs and line breaks are dropped, a backslash is a slash.
    path = own_path(text)
    read = path.translate({9: None, 10: None, 13: None, 92: "/"})
    assert urlsplit(urljoin(HERE, read)).netloc == "directory.example"
    assert not set(path) & set("\r\n\t\0")
