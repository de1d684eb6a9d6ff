"""What goes back when a change is undone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.access.rights import OWN_FIELDS
from app.history.changes import ChangeKind
from app.history.undoing import Kept, is_of_leaving, plan_undo, undone
from app.model.employee import Employee
from tests.history.test_sentences import change

NOW = Employee(id="r", full_name="Rangi", job_title="B", location="B", email="b@example.com")
BOTH = change({"job_title": "A", "location": "A"}, {"job_title": "B", "location": "B"})


def test_what_is_still_as_the_change_left_it_goes_back() -> None:
    plan = plan_undo(BOTH, NOW)
    assert plan.goes_back == {"job_title": "A", "location": "A"}
    assert plan.kept == {}
    assert undone(NOW, plan) == replace(NOW, job_title="A", location="A")


def test_what_was_changed_since_stays_and_is_named() -> None:
    plan = plan_undo(BOTH, replace(NOW, location="C", email="new@example.com"))
    assert plan.goes_back == {"job_title": "A"}
    assert plan.kept == {"location": Kept.CHANGED_SINCE}


def test_one_field_alone_can_go_back() -> None:
    plan = plan_undo(BOTH, NOW).only(["location", "email"])
    assert undone(NOW, plan) == replace(NOW, location="A")


def test_what_is_back_already_is_not_written_again() -> None:
    plan = plan_undo(BOTH, replace(NOW, job_title="A", location="A"))
    assert not plan.is_possible
    assert set(plan.kept.values()) == {Kept.IS_BACK}


def test_undo_of_an_undo_is_as_before() -> None:
    first = undone(NOW, plan_undo(BOTH, NOW))
    back = change(BOTH.now, BOTH.was)
    assert undone(first, plan_undo(back, first)) == NOW


def test_badges_of_other_programs_stay() -> None:
    awarded = change({"badges": ("linux",)}, {"badges": ("linux", "trophy")})
    current = replace(NOW, badges=("linux", "trophy", "of-theirs"))
    plan = plan_undo(awarded, current)
    assert undone(current, plan).badges == ("linux", "of-theirs")


def test_a_change_of_another_programs_badges_does_not_go_back() -> None:
    theirs = change({"badges": ("linux",)}, {"badges": ("linux", "of-theirs")})
    plan = plan_undo(theirs, replace(NOW, badges=("linux", "of-theirs")))
    assert plan.kept == {"badges": Kept.FOREIGN}


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ("", "employee_pic/b.jpg", None),
        ("employee_pic/a.jpg", "employee_pic/b.jpg", Kept.PHOTO_GONE),
        ("employee_pic/a.jpg", "", Kept.PHOTO_GONE),
    ],
)
def test_a_photo_that_was_replaced_cannot_come_back(was: str, now: str, expected: Any) -> None:
    plan = plan_undo(change({"photo_key": was}, {"photo_key": now}), replace(NOW, photo_key=now))
    assert plan.kept.get("photo_key") is expected
    assert plan.is_possible is (expected is None)


def test_that_somebody_was_added_is_not_undone() -> None:
    added = change({}, {"full_name": "Rangi"}, kind=ChangeKind.ADDED)
    assert not plan_undo(added, NOW).is_possible


def test_a_colleague_takes_back_what_they_may_change() -> None:
    both = change({"job_title": "A", "about": ""}, {"job_title": "B", "about": "x"})
    plan = plan_undo(both, replace(NOW, about="x"), OWN_FIELDS)
    assert plan.goes_back == {"about": ""}
    assert plan.kept == {"job_title": Kept.NOT_YOURS}


def test_a_field_of_a_later_release_stays() -> None:
    plan = plan_undo(change({"shoe_size": "1"}, {"shoe_size": "2"}), NOW)
    assert plan.kept == {"shoe_size": Kept.FOREIGN}


def test_a_last_day_goes_back_before_what_was_changed_with_it() -> None:
    both = change({"left_on": "", "about": ""}, {"left_on": "2026-11-30", "about": "x"})
    gone = replace(NOW, left_on="2026-11-30", about="x")
    plan = plan_undo(both, gone)
    assert plan.goes_back == {"left_on": ""}
    assert plan.kept == {"about": Kept.APART}
    assert plan_undo(both, replace(gone, left_on="")).goes_back == {"about": ""}


def test_leaving_is_known_as_such() -> None:
    left = change({"left_on": ""}, {"left_on": "2026-11-30"})
    restored = change({"left_on": "2026-11-30"}, {"left_on": ""})
    assert is_of_leaving(left)
    assert not is_of_leaving(restored)
    gone = replace(NOW, left_on="2026-11-30", photo_key="employee_pic/a-left.jpg")
    assert undone(gone, plan_undo(left, gone)).left_on == ""


def test_a_value_that_no_form_accepts_stays_away() -> None:
    now = replace(NOW, full_name="Ana", email="ana@example.com", start_date="2020-01-01")
    was = {"full_name": "", "email": "not an address", "start_date": "soon", "location": "A"}
    told = {name: getattr(now, name) for name in was}
    plan = plan_undo(change(was, told), now)
    assert plan.goes_back == {"location": "A"}
    assert set(plan.kept.values()) == {Kept.INVALID}
