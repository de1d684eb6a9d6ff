"""What a list shows of each person, and what a page of it costs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from app.contracts import Query
from app.history.changes import Write
from app.model.employee import Card, Employee
from app.text.search_keys import letter_of, name_key
from app.web.ui.html.cards import grid
from app.web.ui.html.links import phone_link
from tests.support.small_app import small_app
from tests.support.small_directory import AMARA, SmallDirectory, small
from tests.web.people.test_list_pages import busy, crowd

__all__ = ["busy", "small"]


def test_what_others_stored_is_shown_harmless(small: SmallDirectory) -> None:
    odd = Employee(
        id="a/b//c?d#e%2F..\u202e\x00",
        full_name="Eve\x00\u202e<b>\nLine",
        job_title="",
        location="x\x00y",
        email="not an address",
        phone="none",
    )
    small.store.add(odd, Write("first"))
    page = small.get("/")
    assert page.names() == ["Eve<b> Line"]
    opened = small.get(page.all("a", cls="name")[0].get("href", ""))
    assert opened.h1 == "Eve<b> Line"
    table = small.get("/?view=table")
    assert "not an address" in table.text
    assert [href for href in table.links().values() if href.startswith(("mailto", "tel"))] == []
    small.get(opened.links()["Edit"])


@given(st.text(min_size=1), st.sampled_from("abzAZ"))
def test_the_mark_of_a_letter_is_where_the_name_sorts(rest: str, first: str) -> None:
    name = first + rest
    card = Card("1", name, "", "", "", "", "", (), "")
    mark = letter_of(name_key(name)).upper()
    assert f'aria-hidden="true">{mark}</span>' in grid([card], "", name_keys=[name_key(name)])


def test_mail_and_phone_are_links_in_the_table(small: SmallDirectory) -> None:
    small.put(AMARA)
    small.put(replace(AMARA, id="b", email="a?subject=x@example.com", phone="020 7946 ext 12"))
    targets = small.get("/?view=table").links().values()
    assert [href for href in targets if href.startswith(("mailto", "tel"))] == [
        "tel:+254205550127",
        "mailto:amara@example.com",
        "tel:0207946;ext=12",
        "mailto:a%3Fsubject%3Dx@example.com",
    ]


def test_each_number_of_a_text_is_a_link_and_all_that_was_written_is_shown(
    small: SmallDirectory,
) -> None:
    both = "+44 (0)20 7946 0018 or ٠٢٠-٧٩٤٦ ask Bo"
    small.put(replace(AMARA, phone=both, mobile="+254 711 555 018 x9"))
    expected = {"tel:+442079460018", "tel:0207946"}
    assert expected <= set(small.get("/?view=table").links().values())
    assert both in small.get("/?view=table").text
    page = small.get(f"/employee/{AMARA.id}")
    targets = page.links().values()
    assert {*expected, "tel:+254711555018;ext=9", "sms:+254711555018"} <= set(targets)
    assert page.links()["Call"] == "tel:+442079460018"
    assert both in page.text


def test_numbers_without_a_country_code_are_of_the_region(tmp_path: Path) -> None:
    small_app(tmp_path, PHONE_REGION="il")
    assert 'href="tel:+97235550118"' in phone_link("03-555-0118")


def test_more_badges_than_fit_are_counted_and_spoken(small: SmallDirectory) -> None:
    badges = ("apple", "windows", "linux", "trophy", "camera", "plane", "coffee", "bug")
    small.put(replace(AMARA, badges=badges))
    row = small.get("/").one("ul", cls="badge-row")
    assert ["".join(item.itertext()) for item in row][-2:] == [
        "Frequent Flier",
        "+2Coffee Snob, Bugfixer",
    ]
    assert len(small.get("/?view=table").one("ul", cls="badge-row")) == 5


def test_faces_below_the_second_row_are_lazy(small: SmallDirectory) -> None:
    for person in crowd(24):
        key = "employee_pic/" + "0" * 32 + ".jpg"
        small.store.add(replace(person, photo_key=key), Write(person.id))
    images = small.get("/").by_id("people").iter("img")
    found = [(image.get("loading"), image.get("alt"), image.get("src")) for image in images]
    thumbnail = "/photos/employee_pic/" + "0" * 32 + "-thumb.jpg"
    assert found == [(None, "", thumbnail)] * 8 + [("lazy", "", thumbnail)] * 16


def test_a_page_is_one_query_and_asks_for_no_session(busy: SmallDirectory) -> None:
    asked: list[Query] = []
    browse = busy.store.browse
    busy.store.browse = lambda *a: asked.append(a[0]) or browse(*a)  # type: ignore[method-assign, func-returns-value]
    answer = busy.reader.client.get("/")
    assert len(asked) == 1
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_a_list_tidies_after_it_was_sent_but_not_for_a_head_or_a_prefetch(
    busy: SmallDirectory,
) -> None:
    with busy.reader.client.get("/"):
        assert busy.store.tidied == 0
    assert busy.store.tidied == 1
    busy.reader.client.head("/").close()
    busy.reader.client.get("/", headers={"Sec-Purpose": "prefetch"}).close()
    assert busy.store.tidied == 1
