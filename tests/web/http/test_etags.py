"""Pages that did not change are answered with 304, and nothing else is."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from tests.support.small_directory import AMARA, SmallDirectory, small

__all__ = ["small"]


def ask(small: SmallDirectory, address: str, tag: str = "", method: str = "GET") -> TestResponse:
    headers = {"If-None-Match": tag} if tag else {}
    return small.reader.client.open(address, method=method, headers=headers)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("address", ["/?q=amara", "/employee/amara", "/insights", "/nowhere/../"])
def test_a_page_that_did_not_change_is_not_sent_again(
    small: SmallDirectory, method: str, address: str
) -> None:
    small.put(AMARA)
    if address.startswith("/nowhere"):
        assert "ETag" not in ask(small, address).headers, "only what is there has a tag"
        return
    first = ask(small, address, method=method)
    again = ask(small, address, first.headers["ETag"], method)
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    told = {name: value for name, value in first.headers.items() if name.startswith("X-Fr")}
    for name in ("ETag", "Cache-Control", "Vary", "Content-Security-Policy", *told):
        assert again.headers[name] == first.headers[name], name
    assert "Content-Type" not in again.headers


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_page_that_changed_is_sent(small: SmallDirectory, method: str) -> None:
    small.put(AMARA)
    tags = {address: ask(small, address).headers["ETag"] for address in ("/", "/employee/amara")}
    small.change("amara", job_title="Chief")
    for address, tag in tags.items():
        again = ask(small, address, tag, method)
        assert again.status_code == 200
        assert again.headers["ETag"] != tag


def test_a_tag_among_others_or_any_at_all_will_do(small: SmallDirectory) -> None:
    small.put(AMARA)
    tag = ask(small, "/").headers["ETag"]
    assert ask(small, "/", f'"old", {tag}').status_code == 304
    assert ask(small, "/", tag.removeprefix("W/")).status_code == 304
    assert ask(small, "/", "*").status_code == 304
    assert ask(small, "/", '"old"').status_code == 200


def test_a_page_with_a_form_has_no_tag(small: SmallDirectory) -> None:
    small.put(AMARA)
    for address in ("/add", "/edit/amara", "/delete/amara", "/info"):
        assert "ETag" not in ask(small, address).headers, address
        assert ask(small, address, "*").status_code == 200


def test_a_sentence_for_one_visitor_is_shown_once_and_never_kept(small: SmallDirectory) -> None:
    person = small.add().response.headers["Location"]
    first = ask(small, person, "*")
    assert "Saved Ada Byron." in first.text
    assert "ETag" not in first.headers
    assert "ETag" in ask(small, person).headers


def test_nothing_tells_a_browser_to_keep_a_page(small: SmallDirectory) -> None:
    small.put(AMARA)
    tag = ask(small, "/").headers["ETag"]
    for answer in (ask(small, "/"), ask(small, "/", tag)):
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_other_visitors_get_the_same_tag(small: SmallDirectory) -> None:
    small.put(AMARA)
    small.get("/add")
    tag = ask(small, "/").headers["ETag"]
    stranger = small.app.test_client(use_cookies=False)
    assert stranger.get("/", headers={"If-None-Match": tag}).status_code == 304
