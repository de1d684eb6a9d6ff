"""Requests: forms that are old, forged, sent twice or sent again, and addresses that only ask."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import itsdangerous
import pytest

from tests.support.acceptance.visitors import ADA, Answer, Form, Visitor, at_once, employee_id_in
from tests.support.acceptance.worlds import Aws, World
from tests.support.pictures import picture
from tests.support.routes import ROUTES

pytestmark = pytest.mark.slow

HOURS = 60 * 60
EXPIRED = "This form expired"


def take_out(form: Form) -> Form:
    return form.typed(csrf_token=None)


def forge(form: Form) -> Form:
    return form.typed(csrf_token="forged")


def keep(form: Form) -> Form:
    return form


@pytest.mark.parametrize("change", [take_out, forge])
def test_a_missing_or_wrong_token_keeps_all_that_was_typed_and_saving_again_works(
    world: World, visitor: Visitor, change: Callable[[Form], Form]
) -> None:
    answer = visitor.send(change(visitor.form("/add").typed(**ADA)), 400, photo=picture())
    assert EXPIRED in answer.page.text
    assert "Choose the photo again" in answer.page.text
    assert answer.form.shows(ADA)
    assert world.stored() == {}
    ada = employee_id_in(visitor.send(answer.form))
    typed = {**ADA, "full_name": "Ada King", "badges": ["bug"], "about": ""}
    answer = visitor.send(change(visitor.form(f"/edit/{ada}").typed(**typed)), 400)
    assert answer.form.shows(typed)
    visitor.send(answer.form)
    answer = visitor.send(change(visitor.form(f"/delete/{ada}")), 400)
    assert EXPIRED in answer.page.text
    assert ada in world.stored()
    visitor.send(answer.form)


def test_a_form_that_lay_open_over_night_is_given_back_and_saved_then(
    world: World, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = visitor.add()
    now = int(datetime.now(UTC).timestamp())
    with monkeypatch.context() as yesterday:
        signer = itsdangerous.TimestampSigner
        yesterday.setattr(signer, "get_timestamp", lambda self: now - 13 * HOURS)
        forms = [visitor.form("/add"), visitor.form(f"/edit/{ada}"), visitor.form(f"/delete/{ada}")]
    typed = {**ADA, "full_name": "Grace Hopper"}
    for form in forms[:2]:
        answer = visitor.send(form.typed(**typed), 400)
        assert EXPIRED in answer.page.text
        assert answer.form.shows(typed)
        visitor.send(answer.form)
    answer = visitor.send(forms[2], 400)
    assert EXPIRED in answer.page.text
    changed = visitor.send(answer.form, 409)
    visitor.send(changed.form)


def test_a_form_of_another_browser_or_without_its_cookie_is_given_back(
    world: World, visitor: Visitor
) -> None:
    form = visitor.form("/add").typed(**ADA)
    stranger = world.visitor()
    answer = stranger.send(form, 400)
    assert answer.form.shows(ADA)
    stranger.send(answer.form)


def test_back_and_resend_save_everyone_once(world: World, visitor: Visitor) -> None:
    form = visitor.form("/add").typed(**ADA)
    first = visitor.send(form, photo=picture())
    assert visitor.send(form, photo=picture()).location == first.location
    assert visitor.send(form).location == first.location, "browsers do not keep the photo"
    ada = employee_id_in(first)
    edit = visitor.form(f"/edit/{ada}").typed(job_title="Countess")
    visitor.send(edit, photo=picture("PNG"))
    visitor.send(edit, photo=picture("PNG"))
    visitor.send(edit)
    (stored,) = world.stored().values()
    assert stored.version == 2
    assert len(world.photos()) == 2
    gone = visitor.form(f"/delete/{ada}")
    visitor.send(gone)
    visitor.send(gone)
    assert world.photos() == {}


def test_who_goes_back_and_changes_a_word_is_asked_which_to_keep(
    world: World, visitor: Visitor
) -> None:
    form = visitor.form("/add").typed(**ADA)
    ada = employee_id_in(visitor.send(form))
    answer = visitor.send(form.typed(full_name="Ada Byron"), 409)
    assert "This form was sent before" in answer.page.text
    visitor.send(pressed(answer, "mine"), becomes={**ADA, "full_name": "Ada Byron"})
    edit = visitor.form(f"/edit/{ada}")
    visitor.send(edit.typed(phone="+44 20 5550 0100"))
    answer = visitor.send(edit.typed(phone="+44 20 5550 0111"), 409)
    mine = {**ADA, "full_name": "Ada Byron", "phone": "+44 20 5550 0111"}
    visitor.send(pressed(answer, "mine"), becomes=mine)
    assert list(world.stored()) == [ada]


def pressed(answer: Answer, button: str) -> Form:
    """The form of a conflict, sent by one of its buttons."""
    return answer.form.typed(keep=button)


def test_the_same_form_sent_twice_at_once_is_one_saving(world: World, visitor: Visitor) -> None:
    add = visitor.form("/add").typed(**ADA)
    first, second = at_once(lambda: visitor.send(add), lambda: visitor.send(add))
    assert first.location == second.location
    ada = employee_id_in(first)
    edit = visitor.form(f"/edit/{ada}").typed(full_name="Ada King")
    at_once(*[lambda: visitor.send(edit, photo=picture())] * 3)
    (stored,) = world.stored().values()
    assert stored.version == 2
    assert len(world.photos()) == 2
    gone = visitor.form(f"/delete/{ada}")
    at_once(lambda: visitor.send(gone), lambda: visitor.send(gone))
    assert world.stored() == {}
    assert world.photos() == {}


def test_a_deleted_person_is_not_revived_by_any_form(world: World, visitor: Visitor) -> None:
    add = visitor.form("/add").typed(**ADA)
    ada = employee_id_in(visitor.send(add))
    edit, other = visitor.form(f"/edit/{ada}"), visitor.form(f"/delete/{ada}")
    visitor.delete(ada)
    answer = visitor.send(add, 404)
    assert ADA["full_name"] in answer.page.text
    assert visitor.send(edit.typed(about="New words"), 404).form["about"] == "New words"
    assert visitor.send(other, 404).page.h1
    assert world.stored() == {}
    assert employee_id_in(visitor.send(answer.form)) != ada


def test_a_script_that_sends_no_version_changes_only_what_it_names(
    world: World, visitor: Visitor
) -> None:
    ada = visitor.add()
    token = visitor.form(f"/edit/{ada}")["csrf_token"]
    only = Form(f"/edit/{ada}", {"csrf_token": [token], "job_title": ["Countess"]})
    visitor.send(only, becomes={"badges": ADA["badges"]})
    assert world.stored()[ada].about == ADA["about"]


def test_asking_changes_nothing_in_tables_photos_or_settings(
    world: World, visitor: Visitor
) -> None:
    ada = visitor.add(photo=picture())
    visitor.get("/")
    before = (world.stored(), world.photos(), world.store.facets())
    (key, _) = sorted(world.photos())
    for rule in ROUTES:
        address = re.sub("<id:.*>", ada, rule).replace("<path:key>", key)
        address = address.replace("<digest>", "x").replace("<name>", "style.css")
        for method in ("GET", "HEAD", "OPTIONS"):
            assert visitor.ask(method, address).status < 500, (method, address)
    assert (world.stored(), world.photos(), world.store.facets()) == before


def test_odd_ids_are_not_found(world: World, visitor: Visitor) -> None:
    odd = ("unknown", "x" * 3000, "%00", "a%00b", "%ff%fe", "%ed%a0%80", "..", "%2e%2e%2fx", "%20")
    for name in odd:
        for place in ("employee", "edit", "delete"):
            answer = visitor.ask("GET", f"/{place}/{name}")
            assert answer.status == 404, (place, name, answer.status)
    form = visitor.form("/add").typed(**ADA)
    for name in odd:
        for place in ("edit", "delete"):
            form.action = f"/{place}/{name}"
            assert visitor.send(form, 404).page.h1


def test_odd_questions_are_answered(world: World, visitor: Visitor) -> None:
    visitor.add()
    for question in (
        "q=%00", "q=%ff%fe", "q=" + "x" * 5000, "q=" + "%20".join("abcdefgh" * 40),
        "q=%F0%9F%91%A8%E2%80%8D%F0%9F%91%A9", "letter=%00", "letter=zz", "badge=%ff",
        "badge=nothing", "location=%00", "cursor=x", "cursor=%00", "cursor=" + "A" * 9000,
        "page=-1&cursor=x", "page=1e9", "view=x", "q=&q=ada", "q=%22%3E%3Cscript%3E", "q='--",
    ):  # fmt: skip
        assert visitor.ask("GET", f"/?{question}").status == 200, question


@pytest.mark.slow
def test_only_opening_a_page_mends_the_index_and_it_never_fails_because_it_could_not(
    aws: Aws,
) -> None:
    from tests.support.aws_errors import access_denied

    aws.room.put_item({"id": {"S": "outside"}, "full_name": {"S": "Out Side"}})
    visitor = aws.visitor()
    writes = ("TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem")
    aws.visitor().get("/")
    aws.database.forget()
    visitor.ask("HEAD", "/employee/outside")
    visitor.ask("GET", "/employee/outside", headers={"Sec-Purpose": "prefetch"})
    assert sum(aws.database.count(one) for one in writes) == 0
    for operation in writes:
        aws.database.on(operation).answer(access_denied())
    visitor.get("/employee/outside")
    assert aws.database.count("TransactWriteItems") > 0
    assert "access was denied" in aws.log_text()
    visitor.get("/edit/outside")
    visitor.get("/")
    aws.recover()
    visitor.get("/employee/outside")
    assert visitor.names() == ["Out Side"]
