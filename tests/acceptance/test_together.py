"""Together: many people at once, and machines that die; nothing is lost, doubled or half done."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import urllib3

from app.contracts import Query
from app.model.employee import Employee
from tests.support.acceptance.killed_saves import OPERATIONS, TYPED
from tests.support.acceptance.visitors import ADA, Answer, Form, Visitor, at_once, employee_id_in
from tests.support.acceptance.worlds import Aws, Laptop, World, sweep
from tests.support.page_reader import words_of
from tests.support.pictures import picture
from tests.support.servers.live_app import LiveApp
from tests.support.servers.warm_process import PythonProcess
from tests.support.stores.people import everyone

pytestmark = pytest.mark.slow

MINE = {"full_name": "Ada King", "about": "My words", "badges": ["bug", "linux"]}
THEIRS = {"full_name": "Ada Byron", "job_title": "Countess"}


def in_conflict(visitor: Visitor, ada: str, mine: Form | None = None) -> Answer:
    """Someone saves THEIRS while MINE are typed: the answer to saving MINE."""
    mine = mine or visitor.form(f"/edit/{ada}")
    visitor.save(visitor.form(f"/edit/{ada}"), **THEIRS)  # type: ignore[arg-type]
    return visitor.send(mine.typed(**MINE), 409)  # type: ignore[arg-type]


def test_the_second_editor_sees_both_versions_and_loses_nothing(
    world: World, visitor: Visitor
) -> None:
    ada = visitor.add()
    answer = in_conflict(visitor, ada)
    words = words_of(answer.page.one("main"))
    for text in ("Ada King", "Ada Byron", "My words", "Poetical science.", "Countess", "Bugfixer"):
        assert text in words
    fields = answer.form.fields
    assert (fields["mine-full_name"], fields["theirs-full_name"]) == (["Ada King"], ["Ada Byron"])
    assert fields["choose-about"] == ["mine"], "only I changed it"
    assert fields["choose-job_title"] == ["theirs"], "only they changed it"
    assert fields["choose-full_name"] == ["theirs"], "both did"
    assert sorted(fields["mine-badges"]) == sorted(MINE["badges"])
    assert world.stored()[ada].version == 2


CHOICES = {
    "choices": {"full_name": "Ada King", "job_title": "Countess", "about": "My words"},
    "mine": {"full_name": "Ada King", "job_title": "Analyst", "about": "My words"},
    "theirs": {"full_name": "Ada Byron", "job_title": "Countess", "about": ADA["about"]},
}


@pytest.mark.parametrize("button", CHOICES)
def test_each_button_of_a_conflict_keeps_what_it_says(
    world: World, visitor: Visitor, button: str
) -> None:
    ada = visitor.add()
    form = in_conflict(visitor, ada).form.typed(keep=button)
    if button == "choices":
        form = form.typed(**{"choose-full_name": "mine"})
    badges = ADA["badges"] if button == "theirs" else MINE["badges"]
    visitor.send(form, becomes={**ADA, **CHOICES[button], "badges": badges})
    again = visitor.send(form, becomes={**ADA, **CHOICES[button], "badges": badges})
    assert employee_id_in(again) == ada
    assert world.stored()[ada].version == (2 if button == "theirs" else 3)


def test_an_edit_that_is_discarded_leaves_what_they_saved(world: World, visitor: Visitor) -> None:
    ada = visitor.add()
    page = in_conflict(visitor, ada).page
    assert visitor.get(page.links()["Discard my changes"]).page.h1 == "Ada Byron"
    assert world.stored()[ada].version == 2


def test_a_third_editor_meanwhile_is_a_conflict_again_and_still_nothing_is_lost(
    world: World, visitor: Visitor
) -> None:
    ada = visitor.add()
    first = in_conflict(visitor, ada)
    visitor.save(visitor.form(f"/edit/{ada}"), location="Paris")
    second = visitor.send(first.form.typed(keep="mine"), 409)
    assert second.form["mine-full_name"] == "Ada King"
    assert second.form["mine-about"] == "My words"
    assert second.form["theirs-location"] == "Paris"
    becomes = {**ADA, **MINE, "job_title": "Analyst", "location": "Paris"}
    visitor.send(second.form.typed(keep="choices", **{"choose-full_name": "mine"}),
                 becomes={**becomes, "job_title": "Analyst"})  # fmt: skip


def test_a_mistake_or_an_expired_token_in_a_conflict_loses_nothing(
    world: World, visitor: Visitor
) -> None:
    ada = visitor.add()
    conflict = in_conflict(visitor, ada).form.typed(keep="mine")
    answer = visitor.send(conflict.typed(csrf_token="forged"), 400)
    assert answer.form.shows({**ADA, **MINE})
    wrong = conflict.typed(email="none", **{"mine-full_name": ""})
    answer = visitor.send(wrong, 422)
    assert answer.form.shows({**ADA, **MINE, "full_name": "", "email": "none"})
    visitor.send(answer.form.typed(full_name="Ada King", email=str(ADA["email"])))


def test_a_new_photo_in_a_conflict_is_asked_for_again(world: World, visitor: Visitor) -> None:
    ada = visitor.add(photo=picture())
    before = set(world.photos())
    mine = visitor.form(f"/edit/{ada}").typed(**MINE)  # type: ignore[arg-type]
    visitor.save(visitor.form(f"/edit/{ada}"), **THEIRS)  # type: ignore[arg-type]
    answer = visitor.send(mine, 409, photo=picture("PNG"))
    assert set(world.photos()) == before
    assert "Choose your new photo again" in answer.page.text
    visitor.send(
        answer.form.typed(keep="mine"), photo=picture("PNG"),
        becomes={**ADA, **MINE},
    )  # fmt: skip
    assert len(world.photos()) == 2
    assert not before & set(world.photos())


def test_who_was_deleted_while_someone_edited_can_be_added_as_a_new_person(
    world: World, visitor: Visitor
) -> None:
    ada = visitor.add()
    typed = {**ADA, **MINE}
    form = visitor.form(f"/edit/{ada}").typed(**typed)  # type: ignore[arg-type]
    visitor.delete(ada)
    answer = visitor.send(form, 404)
    assert answer.form.shows({name: value for name, value in typed.items() if value})
    new = employee_id_in(visitor.send(answer.form))
    assert employee_id_in(visitor.send(answer.form)) == new
    assert list(world.stored()) == [new]


def test_an_edit_and_a_delete_at_the_same_time_leave_one_truth(
    world: World, visitor: Visitor
) -> None:
    for _ in range(4):
        ada = visitor.add()
        edit = visitor.form(f"/edit/{ada}").typed(**MINE)  # type: ignore[arg-type]
        other = world.visitor()
        gone = other.form(f"/delete/{ada}")
        edited, deleted = at_once(
            partial(visitor.ask_to_save, edit), partial(other.ask_to_save, gone)
        )
        assert (edited.status, deleted.status) in ((303, 409), (404, 303))
        if deleted.status == 409:
            other.send(deleted.form)
    assert world.stored() == {}


@pytest.mark.slow
def test_fifty_people_who_are_added_at_once_are_all_there_once(
    world: World, live_app: Callable[..., LiveApp]
) -> None:
    app = live_app(world.environment, workers=2)
    visitors = [world.visitor(app) for _ in range(50)]
    opened = visitors[0].get("/add")
    forms = [opened.form]
    for visitor in visitors[1:]:
        visitor.share_cookies_of(visitors[0])
        form_id = visitors[0].get("/add").text.partition('name="form_id" value="')[2]
        forms.append(opened.form.typed(form_id=form_id.partition('"')[0]))
    filled = [
        form.typed(**{**ADA, "full_name": f"Person {number:02}"})
        for number, form in enumerate(forms)
    ]
    photo = picture("JPEG", 60, 80).read()

    def save(visitor: Visitor, form: Form, face: bytes | None) -> None:
        for _ in range(6):
            if visitor.ask_to_save(form, photo=face).status == 303:
                return
        raise AssertionError("not saved in six tries")

    at_once(*[
        lambda visitor=visitor, form=form, face=face: save(visitor, form, face)
        for visitor, form, face in zip(visitors, filled, [photo, *[None] * 4] * 10, strict=True)
    ])  # fmt: skip
    assert visitors[0].names() == [f"Person {number:02}" for number in range(50)]
    assert len(world.photos()) == 20


@pytest.mark.slow
def test_what_was_answered_to_be_saved_is_there_after_kill_9(
    world: World, live_app: Callable[..., LiveApp]
) -> None:
    app = live_app(world.environment)
    visitor = world.visitor(app)
    form = visitor.form("/add").typed(**ADA)
    ada = employee_id_in(visitor.send(form, photo=picture()))
    app.kill()
    app.start()
    edit = visitor.form(f"/edit/{ada}").typed(**TYPED)
    visitor.send(edit, photo=picture("PNG"))
    app.kill()
    app.start()
    assert employee_id_in(visitor.send(edit, photo=picture("PNG"))) == ada
    (stored,) = world.stored().values()
    assert (stored.full_name, stored.version) == (TYPED["full_name"], 2)
    gone = visitor.form(f"/delete/{ada}")
    visitor.send(gone)
    app.kill()
    app.start()
    visitor.send(gone)
    assert world.stored() == {}


@pytest.mark.slow
def test_kill_9_at_any_step_of_a_save_on_aws_leaves_all_or_nothing(
    aws: Aws, live_app: Callable[..., LiveApp]
) -> None:
    app = live_app(aws.environment)
    visitor = aws.visitor(app)
    ada = visitor.add(photo=picture())
    for proxy in (aws.database, aws.s3):
        proxy.forget()
    edit = visitor.form(f"/edit/{ada}")
    asked = [len(proxy.requests) for proxy in (aws.database, aws.s3)]
    visitor.send(edit.typed(job_title="Tried"), photo=picture())
    steps = [
        (proxy, number, held)
        for proxy, before in zip((aws.database, aws.s3), asked, strict=True)
        for number, request in enumerate(proxy.requests[before:])
        for held in ("hold", "hold_reply")
        if held == "hold" or request.operation in ("TransactWriteItems", "PUT", "POST")
    ]
    assert len(steps) >= 9, steps
    for number, (proxy, after, held) in enumerate(steps):
        before = aws.stored()[ada]
        edit = visitor.form(f"/edit/{ada}").typed(job_title=f"Title {number}")
        gate = getattr(proxy.on("*"), held)(after=after)
        killed = threading.Thread(target=send_unheard, args=(visitor, edit))
        killed.start()
        gate.wait_until_reached()
        app.kill()
        killed.join()
        aws.recover()
        stored = aws.stored()[ada]
        assert stored.job_title in (before.job_title, f"Title {number}")
        assert (stored.version - before.version) == (stored.job_title != before.job_title)
        assert {stored.photo_key, stored.photo_key.replace(".jpg", "-thumb.jpg")} <= set(
            aws.photos()
        )
        assert aws.index_faults() == []
        app.start()
        visitor.send(edit, photo=picture())
        assert aws.stored()[ada].version == before.version + 1
    assert len(sweep(aws)) == 2


def send_unheard(visitor: Visitor, form: Form) -> None:
    """Press the button of a server that dies meanwhile."""
    with contextlib.suppress(urllib3.exceptions.HTTPError):
        visitor.ask_to_save(form, photo=picture())


@pytest.mark.slow
def test_kill_9_at_any_step_of_a_save_on_a_laptop_leaves_all_or_nothing(tmp_path: Path) -> None:
    log = tmp_path / ".log"
    killed = PythonProcess("-m", "tests.support.acceptance.killed_saves", tmp_path, log=log)
    assert killed.wait() == 0, killed.log_text()
    folders = sorted(path for path in tmp_path.iterdir() if path.name[0].isalpha())
    for operation in OPERATIONS:
        steps = [folder for folder in folders if folder.name.startswith(operation)]
        assert len(steps) >= 6, (operation, steps)
        names = {state_after_kill(folder, operation) for folder in steps}
        assert names == OPERATIONS[operation], "both the old state and the new were seen"


def check_history(world: Laptop) -> None:
    """Each version has its change and its entry, and who was erased has none."""
    versions = {
        (employee.id, version)
        for employee in world.stored().values()
        for version in range(1, employee.version + 1)
    }
    assert set(world.read("SELECT tie, version FROM history")) == versions
    [(entries,)] = world.read("SELECT count(*) FROM audit WHERE tie <> ''")
    assert entries == len(versions)


def state_after_kill(folder: Path, operation: str) -> tuple[str, ...]:
    """Who is there, once all that must hold was checked."""
    world = Laptop(folder)
    stored = world.stored().values()
    for employee in stored:
        assert employee.photo_key, "every one of them was saved with a photo"
    check_history(world)
    left = sweep(world)
    assert len(left) == 2 * len(stored), (operation, left)
    world.check_stores()
    world.close()
    return tuple(sorted(employee.full_name for employee in stored))


def test_a_list_shows_all_who_stay_once_while_others_come_and_go(
    world: World, visitor: Visitor
) -> None:
    people = [
        Employee(id=f"id-{number}", full_name=f"{'Stay' if number % 3 else 'Leave'} {number:02}",
                 job_title="Rower", location="Oslo" if number % 2 else "Rome")
        for number in range(90)
    ]  # fmt: skip
    list(world.store.add_many(people))
    for address in ("/", "/?location=Oslo", "/?q=rower", "/?view=table&letter=s"):
        seen: list[str] = []
        for number, page in enumerate(visitor.pages(address)):
            seen += page.names()
            visitor.add(full_name=f"Comer {address} {number}", location="Oslo", job_title="Rower")
            leaver = everyone(world.store, Query(letter="l"))[0].id
            if number % 2:
                visitor.delete(leaver)
            else:
                visitor.save(visitor.form(f"/edit/{leaver}"), full_name="Zoe Renamed")
        stay = [one.full_name for one in people if one.full_name.startswith("Stay")]
        if "Oslo" in address:
            stay = [one.full_name for one in people
                    if one.full_name in stay and one.location == "Oslo"]  # fmt: skip
        assert sorted(name for name in seen if name.startswith("Stay")) == sorted(stay)
