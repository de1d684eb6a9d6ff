"""Form and text: what is typed is kept, cleaned by one rule, shown as text and found again."""

from __future__ import annotations

import itertools
import unicodedata

import pytest

from app.model.employee import BADGE_KEYS
from tests.support.acceptance.visitors import ADA, Visitor
from tests.support.acceptance.worlds import Aws, Laptop, World
from tests.support.course_table import ODD_ITEMS
from tests.support.page_reader import words_of

pytestmark = pytest.mark.slow

NOTHING = {
    "empty": "",
    "spaces": "  \t \u00a0\u3000 ",
    "zero width": "\u200b\u200c\u200d\u2060\ufeff\u00ad",
}
REQUIRED = ("full_name", "job_title", "location")
OTHERS = {name: value for name, value in ADA.items() if name not in REQUIRED}
SCRIPTS = {
    "Arabic": "محمد الإدريسي",
    "Hebrew": "שָׁרָה לֵוִי",
    "Persian": "علی نیک‌خواه",
    "emoji family": "Zoe 👨‍👩‍👧‍👦 Ito",
    "combining": unicodedata.normalize("NFD", "Zoë Núñez Đặng"),
    "Chinese": "王小明",
    "Japanese": "さとう ガク",
    "Korean": unicodedata.normalize("NFD", "김하늘"),
    "Devanagari": "प्रिया शर्मा",
}
UNSEEN = "\x00\x07\x1b\x7f\u202e\u202a\u2066\u2069\u200e\ufeff"
ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}javascript:"


def test_a_form_without_the_required_is_given_back_with_all_the_rest(
    world: World, visitor: Visitor
) -> None:
    ada = visitor.add()
    for address, nothing in itertools.product(("/add", f"/edit/{ada}"), NOTHING.values()):
        form = visitor.form(address).typed(**OTHERS, **dict.fromkeys(REQUIRED, nothing))
        answer = visitor.send(form, 422)
        assert answer.page.title.startswith("Error:")
        summary = words_of(answer.page.by_id("error-summary"))
        for name in REQUIRED:
            assert answer.error_at(name).startswith("Enter ")
        assert summary.startswith("Three things need fixing")
        assert answer.form.shows(OTHERS)
        visitor.send(answer.form, 422)
    assert list(world.stored()) == [ada]


def test_text_in_any_script_is_stored_as_nfc_and_found_in_either_form(
    world: World, visitor: Visitor
) -> None:
    for typed in SCRIPTS.values():
        stored = unicodedata.normalize("NFC", typed)
        form = visitor.form("/add").typed(**{**ADA, "full_name": typed, "about": typed})
        address = visitor.send(form, becomes={"full_name": stored, "about": stored}).location
        page = visitor.get(address).page
        assert page.h1 == stored
        assert page.one("h1").get("dir") == "auto"
        assert page.one("p", cls="about").get("dir") == "auto"
        for words in (typed, unicodedata.normalize("NFD", stored)):
            assert visitor.names(f"/?q={words}") == [stored]


def test_marks_that_nobody_sees_are_stripped_and_come_out_nowhere(
    world: World, visitor: Visitor
) -> None:
    lines = ("preferred_name", "pronouns", "job_title", "department", "location")
    typed = dict.fromkeys(lines, f"{UNSEEN}Ab\r\nCd{UNSEEN} e\u2028f")
    name = f"Ann{UNSEEN} Lee\r\nX-Forged: 1"
    about = f"One{UNSEEN}\r\n\r\nTwo"
    form = visitor.form("/add").typed(**{**ADA, **typed, "full_name": name, "about": about})
    becomes = {**dict.fromkeys(lines, "Ab Cd e f"), "about": "One\n\nTwo"}
    becomes["full_name"] = "Ann Lee X-Forged: 1"
    saved = visitor.send(form, becomes=becomes)
    wrong = visitor.send(form.typed(email="none"), 422)
    answers = [saved, wrong, visitor.get(saved.location), visitor.get("/?view=table")]
    answers += [visitor.get("/"), visitor.get(saved.location.replace("/employee/", "/edit/"))]
    for answer in answers:
        assert not set(UNSEEN) & set(answer.text)
        assert "X-Forged" not in answer.headers
    assert not set(UNSEEN) & set(world.log_text())
    assert "X-Forged" not in world.log_text()


@pytest.mark.parametrize("letter", ["x", "🙂"])
def test_200_characters_are_taken_and_the_next_one_names_the_limit(
    world: World, visitor: Visitor, letter: str
) -> None:
    lines = ("full_name", "preferred_name", "pronouns", "job_title", "department", "location")
    limits = {**dict.fromkeys(lines, 200), "about": 2000}
    fits = {name: letter * limit for name, limit in limits.items()}
    ada = visitor.add(**fits)
    too_long = {name: text + letter for name, text in fits.items()}
    answer = visitor.send(visitor.form(f"/edit/{ada}").typed(**too_long), 422)
    for name, limit in limits.items():
        said = f"Must be {limit:,} characters or fewer; it has {limit + 1:,}"
        assert answer.error_at(name) == said
    assert answer.form.shows(too_long)


def test_a_mail_address_and_a_number_have_the_same_limit(laptop: Laptop) -> None:
    visitor = laptop.visitor()
    mail, phone = "a" * 188 + "@example.com", "5" * 200
    visitor.add(email=mail, phone=phone)
    form = visitor.form("/add").typed(**{**ADA, "email": f"a{mail}", "phone": f"5{phone}"})
    answer = visitor.send(form, 422)
    assert "200 characters" in answer.error_at("email")
    assert "200 characters" in answer.error_at("phone")


def test_unknown_badges_are_refused_and_the_known_ones_stay_chosen(
    world: World, visitor: Visitor
) -> None:
    form = visitor.form("/add").typed(**{**ADA, "badges": ["linux", "<b>king", "coffee"]})
    answer = visitor.send(form, 422)
    assert "“<b>king” is not a badge. Choose one from the list of badges" in answer.page.text
    assert answer.form.shows(ADA)
    assert world.stored() == {}
    visitor.send(answer.form)


def test_a_badge_that_is_posted_many_times_is_one_badge(world: World, visitor: Visitor) -> None:
    form = visitor.form("/add").typed(**{**ADA, "badges": ["bug", "apple"] * 40})
    visitor.send(form, becomes={"badges": ["apple", "bug"]})
    (stored,) = world.stored().values()
    assert stored.badges == ("apple", "bug")


def test_three_thousand_badges_are_refused_or_are_those_of_the_catalogue(
    world: World, visitor: Visitor
) -> None:
    form = visitor.form("/add").typed(**{**ADA, "badges": list(BADGE_KEYS) * 250})
    answer = visitor.ask(
        "POST",
        "/add",
        "&".join(f"{name}={one}" for name, found in form.fields.items() for one in found).encode(),
        {"Content-Type": "application/x-www-form-urlencoded"},
    )
    stored = [employee.badges for employee in world.stored().values()]
    assert (answer.status, stored) in [(303, [BADGE_KEYS]), (413, []), (422, [])]
    assert visitor.send(form, 413).page.h1
    assert [employee.badges for employee in world.stored().values()] == stored


@pytest.mark.parametrize(
    "stored", ['["\'linux\'", " \'apple\'", "rocket"]', '"apple,linux"', '["linux", "apple"]']
)
def test_badges_that_are_not_touched_stay_byte_for_byte(laptop: Laptop, stored: str) -> None:
    visitor = laptop.visitor()
    ada = visitor.add(badges=["apple", "linux"])
    laptop.write("UPDATE person SET badges = ? WHERE id = ?", stored, ada)
    for title in ("One", "Two", "Three"):
        visitor.save(visitor.form(f"/edit/{ada}"), job_title=title)
    assert laptop.read("SELECT badges FROM person") == [(stored,)]


@pytest.mark.slow
def test_badges_as_the_course_left_them_stay_byte_for_byte(aws: Aws) -> None:
    odd = {
        name: item
        for name, (item, _) in ODD_ITEMS.items()
        if "badges" in item and item["full_name"].get("S")
    }
    for item in odd.values():
        aws.room.put_item(item)
    visitor = aws.visitor()
    for name in odd:
        for title in ("One", "Two", "Three"):
            form = visitor.form(f"/edit/{name}")
            visitor.send(form.typed(job_title=title), becomes={"about": ""})
        item = aws.room.item(name)
        assert item is not None
        assert item["badges"] == odd[name]["badges"], name
        assert item["full_name"] == odd[name]["full_name"]


def test_what_a_form_says_of_id_version_and_photo_is_ignored(
    world: World, visitor: Visitor
) -> None:
    lies = {
        "id": "mine", "employee_id": "mine", "version": "77", "updated_at": "2001-01-01",
        "object_key": "employee_pic/x.jpg", "photo_key": "employee_pic/x.jpg", "write_id": "mine",
    }  # fmt: skip
    ada = visitor.save(visitor.form("/add").typed(**ADA), **lies)
    assert ada != "mine"
    visitor.save(visitor.form(f"/edit/{ada}"), job_title="Countess", **lies)
    (stored,) = world.stored().values()
    assert (stored.id, stored.version, stored.photo_key) == (ada, 2, "")


def test_an_invented_id_creates_nothing(world: World, visitor: Visitor) -> None:
    form = visitor.form("/add").typed(**ADA)
    form.action = "/edit/invented"
    assert visitor.send(form, 404).form.shows(ADA)
    forged = visitor.form("/add").typed(**{**ADA, "form_id": "invented"})
    answer = visitor.send(forged, 400)
    assert answer.form.shows(ADA)
    assert world.stored() == {}
    visitor.send(answer.form)


def test_scripts_in_every_field_are_text_on_every_page(world: World, visitor: Visitor) -> None:
    fields = ("full_name", "preferred_name", "pronouns", "job_title", "department", "location")
    evil = {**dict.fromkeys(fields, ATTACK), "about": ATTACK, "email": f"{ATTACK[:8]}@x.example"}
    ada = visitor.add(**evil)
    old = visitor.form(f"/edit/{ada}")
    visitor.save(visitor.form(f"/edit/{ada}"), full_name=f"{ATTACK} 2", about="other")
    answers = [
        visitor.send(old.typed(full_name=f"{ATTACK} 3"), 409),
        visitor.send(old.typed(**{**evil, "phone": ATTACK, "email": ATTACK}), 422),
        visitor.send(old.typed(csrf_token=ATTACK, form_id=ATTACK, revision=ATTACK), 400),
        visitor.send(old.typed(badges=[ATTACK]), 422),
    ]
    addresses = ("/", "/?view=table", f"/employee/{ada}", f"/edit/{ada}", f"/delete/{ada}")
    answers += [visitor.get(address) for address in (*addresses, f"/?q={ATTACK}")]
    visitor.delete(ada)
    answers += [visitor.get("/"), visitor.send(old, 404)]
    for answer in answers:
        page = answer.page
        assert all(script.get("src", "").startswith("/static/") for script in page.all("script"))
        assert not [image for image in page.all("img") if image.get("src") == "x"]
        for element in page.tree.iter():
            assert not [name for name in element.attrib if str(name).startswith("on")]
            assert not element.get("href", "").startswith("javascript")
        assert "{{7*7}}" in answer.text or "49" not in page.text
