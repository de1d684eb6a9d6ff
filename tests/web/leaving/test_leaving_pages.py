"""The pages on which people are marked as left and restored, whatever is posted and goes wrong."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from app.access.viewer import Role
from app.contracts.history import AuditQuery
from app.model import leaving
from app.model.employee import Employee
from app.photos.keys import thumbnail_key
from tests.support.days import set_today
from tests.support.pictures import picture
from tests.support.signed_in import add_account, sign_in, store_of
from tests.support.small_directory import AMARA, SmallDirectory, small, upload
from tests.support.viewers import OPERATOR, request_as, viewer

__all__ = ["small"]

TODAY, SOON = "2031-05-28", "2031-05-31"


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> str:
    return set_today(monkeypatch, TODAY)


def leave(small: SmallDirectory, employee_id: str, day: str = TODAY) -> Employee:
    leavers = small.app.extensions["leavers"]
    marked: Employee = leavers.mark_as_left(OPERATOR, employee_id, day, "", f"{employee_id} {day}")
    return marked


def put(small: SmallDirectory, *names: str, **fields: str) -> None:
    for name in names:
        small.put(replace(AMARA, id=name.lower(), full_name=name, email=f"{name}@x.com", **fields))


def test_marking_as_left_shows_then_does_then_offers_undo(small: SmallDirectory) -> None:
    small.put(AMARA)
    page = small.get("/leave/amara")
    assert page.h1 == "Mark Amara Adeyemi-Lindqvist as left"
    assert "Today, Wednesday 28 May" in page.text
    done = small.post("/leave/amara", {**page.fields(), "note": "Moves on"})
    assert done.response.location == "/employee/amara"
    shown = small.reader.follow(done)
    assert "Marked Amara Adeyemi-Lindqvist as left on 28 May 2031." in shown.text
    assert shown.links()["Undo"] == "/restore/amara"
    assert "No longer in the directory: left on 28 May 2031." in shown.text
    assert leaving.has_left(small.store.get("amara"), TODAY)
    small.post("/restore/amara", small.form("/restore/amara"))
    assert small.store.get("amara").left_on == ""


def test_sending_the_form_twice_is_one_change(small: SmallDirectory) -> None:
    small.put(AMARA)
    form = small.form("/leave/amara")
    small.post("/leave/amara", form)
    version = small.store.get("amara").version
    small.post("/leave/amara", form)
    assert small.store.get("amara").version == version


def test_the_note_is_in_the_history_for_editors(small: SmallDirectory) -> None:
    small.put(AMARA)
    small.post("/leave/amara", small.form("/leave/amara", note="Moves to\x00 Lima"))
    [change] = [each for each in small.store.history.changes_of("amara").changes
                if "left_on" in each.now]  # fmt: skip
    assert change.through.note == "Moves to Lima"
    assert change.through.request_id
    assert small.store.history.audit(AuditQuery()).entries


def test_a_day_to_come_keeps_everything_until_it_comes(
    small: SmallDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.put(AMARA)
    done = small.post("/leave/amara", small.form("/leave/amara", when="other", last_day=SOON))
    page = small.reader.follow(done)
    assert "leaves on 31 May 2031, and stays in the directory until then" in page.text
    assert "Last day 31 May 2031" in page.text
    request_as(small.app, viewer(Role.COLLEAGUE))
    page = small.get("/employee/amara")
    assert "31 May 2031" not in page.text
    assert "2031-05-31" not in page.response.text
    set_today(monkeypatch, SOON)
    small.get("/employee/amara", 404)


def test_the_day_of_the_page_counts_after_midnight(
    small: SmallDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.put(AMARA)
    form = small.form("/leave/amara")
    set_today(monkeypatch, "2031-05-29")
    small.post("/leave/amara", form)
    assert small.store.get("amara").left_on == TODAY


@pytest.mark.parametrize(
    "typed", ["", "tomorrow", "2019-02-03", "2033-05-29", "9" * 3_000, "2031-02-30"]
)
def test_a_day_that_cannot_be_the_last_is_explained(small: SmallDirectory, typed: str) -> None:
    small.put(AMARA)
    form = small.form("/leave/amara", when="other", last_day=typed, note="Kept")
    page = small.post("/leave/amara", form, 422)
    assert page.title.startswith("Error: ")
    assert page.by_id("last-day-error") is not None
    assert page.fields()["note"] == ["Kept"]
    assert small.store.get("amara").left_on == ""


def test_a_form_that_says_nothing_means_today(small: SmallDirectory) -> None:
    small.put(AMARA)
    form = small.form("/leave/amara")
    small.post("/leave/amara", {"csrf_token": form["csrf_token"]})
    assert small.store.get("amara").left_on == TODAY


def test_an_edit_meanwhile_asks_again(small: SmallDirectory) -> None:
    small.put(AMARA)
    form = small.form("/leave/amara", note="Kept")
    small.change("amara", location="Lima")
    page = small.post("/leave/amara", form, 409)
    assert "Someone changed this person after you opened this page" in page.text
    assert page.fields()["note"] == ["Kept"]
    small.post("/leave/amara", page.fields())
    assert small.store.get("amara").left_on == TODAY


@pytest.mark.parametrize("address", ["/leave/amara", "/restore/amara"])
def test_what_was_typed_comes_back_when_the_form_expired_or_the_store_is_silent(
    small: SmallDirectory, address: str
) -> None:
    small.put(AMARA)
    form = small.form(address)
    if "note" in form:
        form = {**form, "note": "Kept", "when": "other", "last_day": SOON}
    page = small.post(address, {**form, "csrf_token": "old"}, 400)
    assert "This form expired" in page.text
    assert page.fields().get("note", ["Kept"]) == ["Kept"]
    small.store.silent = True
    page = small.post(address, {**form}, 503)
    small.store.silent = False
    assert "not responding" in page.text
    assert page.fields().get("last_day", [SOON]) == [SOON]
    small.post(address, page.fields())


@pytest.mark.parametrize("address", ["/leave/amara", "/restore/amara"])
def test_somebody_who_is_gone_is_not_found(small: SmallDirectory, address: str) -> None:
    small.put(AMARA)
    form = small.form(address)
    small.directory.delete(OPERATOR, "amara", None, "gone")
    small.get(address, 404)
    small.post(address, form, 404)


def test_the_last_administrator_cannot_leave(small: SmallDirectory) -> None:
    small.put(AMARA)
    add_account(small.app, Role.ADMIN, person_id="amara")
    page = small.post("/leave/amara", small.form("/leave/amara"), 409)
    assert "the only administrator" in page.text
    page = small.post("/delete/amara", small.form("/delete/amara"), 409)
    assert "the only administrator" in page.text
    assert small.is_there("amara")


def test_a_leaver_can_do_nothing_from_the_next_request_on(tmp_path: Path) -> None:
    small = SmallDirectory(tmp_path, ACCESS="sign-in")
    small.put(AMARA)
    add_account(small.app, Role.ADMIN, "Boss")
    browser = small.app.test_client()
    sign_in(browser, add_account(small.app, Role.COLLEAGUE, "Amara", person_id="amara"))
    assert browser.get("/").status_code == 200
    leave(small, "amara")
    assert browser.get("/me").status_code == 303
    account = store_of(small.app).get("amara")
    assert account is not None
    assert account.is_disabled


def test_a_leaver_is_for_colleagues_as_if_never_there(small: SmallDirectory) -> None:
    small.put(AMARA)
    leave(small, "amara")
    request_as(small.app, viewer(Role.COLLEAGUE))
    for address in ("/employee/{}", "/vcard/{}", "/edit/{}", "/employee/{}/history"):
        gone = small.app.test_client().get(address.format("amara"))
        never = small.app.test_client().get(address.format("zzzzz"))
        assert gone.status_code == never.status_code
        assert gone.data.replace(b"amara", b"zzzzz") == never.data
    for address in ("/", "/?q=amara", "/export.csv", "/export.jsonl", "/export.vcf", "/insights"):
        assert b"Amara" not in small.app.test_client().get(address).data


def test_a_photo_is_not_under_the_address_that_colleagues_know(small: SmallDirectory) -> None:
    small.put(AMARA)
    small.post("/edit/amara", small.form("/edit/amara", photo=upload(picture())))
    old = small.store.get("amara").photo_key
    new = leave(small, "amara").photo_key
    editor = small.app.test_client()
    assert editor.get(f"/photos/{new}", buffered=True).status_code == 200
    request_as(small.app, viewer(Role.COLLEAGUE))
    for key in (old, new, thumbnail_key(old), thumbnail_key(new)):
        assert small.app.test_client().get(f"/photos/{key}").status_code == 404


def test_leavers_are_listed_after_those_who_leave(small: SmallDirectory) -> None:
    put(small, "Cid", "Bea", "Ada", "Eve")
    leave(small, "cid", "2031-05-01")
    leave(small, "ada", "2029-01-31")
    leave(small, "bea", SOON)
    page = small.get("/leavers")
    rows = [" ".join("".join(row.itertext()).split()) for row in page.all("tr")[1:]]
    assert [link.text for link in page.all("a", cls="name")] == ["Bea", "Ada", "Cid"]
    assert "31 May 2031 In 3 days" in rows[0]
    assert "2 leavers, 1 upcoming" in page.text
    page = small.get("/leavers?year=2029")
    assert [row.get("role") for row in page.all("tr")[1:]] == ["row"]
    assert "Ada" in page.text
    assert "1 of 2 leavers" in page.text
    assert "Cid" in small.get("/leavers?q=cid").text
    assert "Ada" not in small.get("/leavers?q=cid").text
    assert "No leavers match" in small.get("/leavers?department=Sales").text


def test_an_empty_list_of_leavers_says_so(small: SmallDirectory) -> None:
    small.put(AMARA)
    assert "No one has left" in small.get("/leavers").text


@pytest.mark.parametrize(
    "query",
    ["year=20x9", "year=", "cursor=nonsense", "page=9", "q=%00", "department=" + "x" * 9_000],
)
def test_whatever_is_asked_of_leavers_has_an_answer(small: SmallDirectory, query: str) -> None:
    put(small, "Ada")
    leave(small, "ada")
    small.get(f"/leavers?{query}")


def test_many_leavers_come_in_pages(small: SmallDirectory) -> None:
    names = [f"Person{number:02}" for number in range(30)]
    put(small, *names)
    for name in names:
        leave(small, name.lower())
    page = small.get("/leavers")
    assert len(page.all("tr")) == 25
    assert "1–24 of 30" in page.text
    second = small.get(page.links()["Next"])
    assert len(second.all("tr")) == 7
    assert "25–30 of 30" in second.text
    back = small.get(second.links()["Previous"])
    assert [row.get("id") for row in back.all("tr")] == [row.get("id") for row in page.all("tr")]


def test_a_row_restores(small: SmallDirectory) -> None:
    put(small, "Ada")
    leave(small, "ada")
    page = small.get("/leavers")
    small.post("/restore/ada", page.fields("/restore/ada"))
    assert small.store.get("ada").left_on == ""


def test_leavers_are_exported_with_their_last_days(small: SmallDirectory) -> None:
    put(small, "Ada", "Bea", "Cid")
    leave(small, "ada", "2029-01-31")
    leave(small, "bea", SOON)
    answer = small.app.test_client().get("/leavers.csv")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [(row["Full name"], row["Last day"]) for row in rows] == [
        ("Bea", SOON), ("Ada", "2029-01-31"),
    ]  # fmt: skip
    assert "leavers-" in answer.headers["Content-Disposition"]
    book = load_workbook(io.BytesIO(small.app.test_client().get("/leavers.xlsx").data))
    assert [row[-1] for row in book["People"].values] == ["Last day", SOON, "2029-01-31"]
    everybody = small.app.test_client().get("/export.csv").data.decode("utf-8-sig")
    assert "Last day" not in everybody
    assert "Ada" not in everybody


def test_json_lines_keep_a_last_day_for_editors_alone(small: SmallDirectory) -> None:
    put(small, "Ada")
    leave(small, "ada", SOON)
    assert SOON in small.app.test_client().get("/export.jsonl").text
    for person_id in ("", "ada"):
        request_as(small.app, viewer(Role.COLLEAGUE, person_id=person_id))
        text = small.app.test_client().get("/export.jsonl").text
        assert "Ada" in text
        assert SOON not in text


def test_own_edits_go_on_while_a_day_is_to_come(small: SmallDirectory) -> None:
    put(small, "Ada")
    leave(small, "ada", SOON)
    request_as(small.app, viewer(Role.COLLEAGUE, person_id="ada"))
    small.post("/edit/ada", small.form("/edit/ada", about="Still here."))
    stored = small.store.get("ada")
    assert (stored.about, stored.left_on) == ("Still here.", SOON)


def test_to_delete_the_name_is_typed(small: SmallDirectory) -> None:
    small.put(AMARA)
    form = small.form("/delete/amara")
    page = small.post("/delete/amara", {**form, "typed_name": "Amara"}, 422)
    assert "Type the name" in page.text
    assert small.is_there("amara")
    small.post("/delete/amara", {**form, "typed_name": " amara  ADEYEMI-LINDQVIST"})
    assert not small.is_there("amara")


def test_a_script_that_knows_no_typed_name_still_deletes(small: SmallDirectory) -> None:
    small.put(AMARA)
    form = small.form("/delete/amara")
    del form["typed_name"]
    small.post("/delete/amara", form)
    assert not small.is_there("amara")


def test_the_page_of_deleting_offers_to_mark_as_left(small: SmallDirectory) -> None:
    small.put(AMARA)
    assert small.get("/delete/amara").links()["Mark as left"] == "/leave/amara"
    leave(small, "amara")
    assert small.get("/delete/amara").links()["Restore"] == "/restore/amara"


def test_ids_of_any_characters_leave_and_return(small: SmallDirectory) -> None:
    for odd in ("a/b", "..", "ü ?#", "x//y"):
        small.put(replace(AMARA, id=odd, email=""))
        page = small.get(small.get("/?q=amara").links()["Amara Adeyemi-Lindqvist"])
        address = page.links()["Mark as left: Amara Adeyemi-Lindqvist"]
        small.post(address, small.form(address))
        assert small.store.get(odd).left_on == TODAY
        small.directory.delete(OPERATOR, odd, None, f"gone {odd}")
