"""Changes of the manager as histories tell them: by name, to those who may know."""

from __future__ import annotations

from dataclasses import replace

from app.access.viewer import Role
from app.access.visibility import Audience
from tests.support.days import PAST_DAY
from tests.support.page_reader import Page, words_of
from tests.support.small_directory import AMARA
from tests.support.viewers import OPERATOR, viewer
from tests.web.history.conftest import ANA, Changing

HERSELF = viewer(Role.COLLEAGUE, person_id="amara", name="Amara")


def put(changing: Changing) -> None:
    for key, name in (("amara", AMARA.full_name), ("pat", "Pat Lee"), ("salma", "Salma Aziz")):
        changing.add(replace(AMARA, id=key, full_name=name, email=f"{key}@example.com"))


def told(page: Page) -> list[str]:
    return [words_of(each) for each in page.all("tr")]


def test_a_change_of_the_manager_is_told_by_names(changing: Changing) -> None:
    put(changing)
    changing.change(manager="pat")
    moment = changing.change(manager="salma")
    history = changing.get("/employee/amara/history").text
    assert "Pat Lee" in history
    assert "Salma Aziz" in history
    assert "Manager Pat Lee Salma Aziz" in told(changing.get(f"/employee/amara/history/{moment}"))
    undo = changing.get(f"/employee/amara/history/{moment}/undo")
    assert "Manager Salma Aziz Pat Lee" in told(undo)
    changing.post(f"/employee/amara/history/{moment}/undo", undo.fields())
    assert changing.now().manager == "pat"


def test_a_manager_who_left_is_no_name_for_colleagues(changing: Changing) -> None:
    put(changing)
    changing.change(manager="pat")
    changing.change(of="pat", left_on=PAST_DAY)
    assert "Pat Lee" in changing.get("/employee/amara/history").text
    changing.seen_by(HERSELF)
    page = changing.get("/employee/amara/history").text
    assert "Manager" in page
    assert "Pat Lee" not in page
    changing.seen_by(ANA)
    changing.change(of="pat", left_on="")
    changing.seen_by(HERSELF)
    assert "Pat Lee" in changing.get("/employee/amara/history").text


def test_where_managers_are_for_editors_histories_of_colleagues_tell_none(
    changing: Changing,
) -> None:
    put(changing)
    access = changing.app.extensions["access"]
    access.choose(access.settings(), mode=None, visibility={"manager": Audience.EDITORS})
    changing.change(manager="pat")
    changing.seen_by(viewer(Role.COLLEAGUE, person_id="salma"))
    changing.get("/employee/amara/history", 403)
    assert "Pat" not in changing.get("/employee/amara").text
    assert "Who reports to whom is not shown to you." in changing.get("/org/amara").text
    assert "Amara" not in changing.get("/?manager=pat").text


def test_a_manager_who_was_deleted_has_no_name_in_histories_of_others(changing: Changing) -> None:
    put(changing)
    changing.change(manager="pat")
    changing.change(manager="salma")
    changing.directory.delete(OPERATOR, "pat", None, "gone")
    for address in ("/employee/amara/history", "/employee/amara/history.csv"):
        answer = changing.reader.client.get(address).get_data(as_text=True)
        assert "Salma Aziz" in answer or address.endswith(".csv")
        assert "Lee" not in answer
