"""The projection of an employee to index rows: their number, their keys, their size."""

import unicodedata
from dataclasses import replace

import orjson
import pytest

from app.model.employee import BADGE_KEYS, Employee, card_of
from app.model.field_types import Searched
from app.model.fields import FIELDS, FIRST_RELEASE
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.index.cards import read_card
from app.storage.dynamodb.index.manifests import Manifest
from app.storage.dynamodb.index.rows import PROJECTION, project_rows
from app.storage.dynamodb.index.transactions import IndexWriter
from app.storage.dynamodb.index.views import facet_token, filter_term, words_of_terms
from app.storage.dynamodb.records.codec import new_record, normalized
from app.storage.dynamodb.records.expressions import update_expression
from app.text.person_names import SortBy
from app.text.search_marks import LOW_RANK, PHONE

TABLES = Tables("Employees", "Employees-index")


def largest(kind: str) -> Employee:
    """Someone with more words than the index takes, every badge, and every facet."""
    words = [f"{kind}{number:02}word" for number in range(60)]
    return Employee(
        id="x",
        full_name=" ".join(words[:20]),
        preferred_name=" ".join(words[20:30]),
        email=f"{'.'.join(words[30:40])}@example.com",
        job_title=" ".join(words[40:50]),
        department=" ".join(words[50:55]),
        location=" ".join(words[55:]),
        start_date=f"20{ord(kind) % 10}0-01-02",
        badges=BADGE_KEYS,
        photo_key="employee_pic/0123456789abcdef.jpg",
    )


class CallsSeen:
    """Stands for the calls, and keeps what is written."""

    def __init__(self) -> None:
        self.actions = []

    def write(self, operation, table, request):
        self.actions = request["TransactItems"]
        return {}


def actions_of(before: Employee | None, after: Employee | None) -> list[dict[str, object]]:
    calls = CallsSeen()
    seen = Manifest("x", 1, project_rows(before).shape) if before else Manifest("x")
    IndexWriter(calls, TABLES).apply(seen, project_rows(after) if after else None, {"Update": {}})
    return calls.actions


def key_of(action: dict[str, dict[str, dict[str, object]]]) -> str:
    body = next(iter(action.values()))
    keys = body.get("Key") or body.get("Item") or {}
    return repr((body.get("TableName"), keys.get("view"), keys.get("at")))


def test_nobody_has_more_than_46_rows():
    rows = project_rows(largest("a")).items()
    assert len(rows) == 46
    assert sum(view == "name" for view, _ in rows) == 1
    assert sum(view.startswith("w#") for view, _ in rows) == 28
    assert sum(view.startswith("b#") for view, _ in rows) == 12
    assert sum(view.startswith(("l#", "d#", "t#", "j#")) for view, _ in rows) == 4
    assert sum(view.startswith("e#") for view, _ in rows) == 1


def test_words_give_way_to_phone_numbers_and_about_to_all_words():
    phones = {"phone": "+1 206 555 0141 x12 / +1 206 555 0142", "mobile": "+44 20 7946 0018"}
    crowded = replace(largest("a"), **phones, about="telescopes", employee_number="E-1")
    rows = project_rows(crowded).items()
    assert len(rows) == 46
    assert sum(view.startswith(f"w#{PHONE}") for view, _ in rows) == 5
    assert not any(view.startswith(f"w#{LOW_RANK}") for view, _ in rows)
    sparse = replace(crowded, job_title="", department="", full_name="Ada", location="", email="")
    views = [view for view, _ in project_rows(sparse).items()]
    assert f"w#{LOW_RANK}" in views


def test_the_first_release_knows_every_row_by_its_manifest():
    """It runs beside this one during an upgrade: what it deletes or moves may leave no row."""
    everything = Employee(
        id="x",
        full_name="Ada",
        location="Leeds",
        email="ada@example.com",
        phone="+1 206 555 0141",
        about="telescopes",
        employee_number="E-1",
        badges=("apple",),
    )
    projection = project_rows(everything)
    shape = projection.shape
    assert {word[0] for word in shape.words} >= {PHONE, LOW_RANK}
    (sort_key,) = {at for view, at in projection.items() if view == "name"}
    known = {(view, sort_key) for view in ("name", *shape.views)}
    known |= {(f"w#{word[:1]}", f"{word}\x1f{sort_key}") for word in shape.words}
    assert set(projection.items()) == known


def test_a_total_change_at_the_cap_is_83_actions_and_95_with_other_badges():
    actions = actions_of(largest("a"), largest("b"))
    # The badge rows stay in their views, but the name key in their keys changes: nothing is shared.
    assert len(actions) == 95
    assert len({key_of(action) for action in actions}) == 95


def test_a_field_that_no_list_shows_is_one_action():
    before = largest("a")
    assert len(actions_of(before, normalized(before))) == 1


def test_every_key_fits_and_holds_no_control_character_but_the_separator():
    nasty = Employee(
        id="i" * 2048,
        full_name="\U0001f600" * 200,
        preferred_name="\ufdfa" * 200,
        job_title="\ufdfa" * 200,
        department="ß" * 200,
        location="a\x1fb\x00c|=lportland|",
    )
    for view, at in project_rows(nasty).items():
        assert len(view.encode()) <= 2048
        assert len(at.encode()) <= 1024
        assert all(mark >= " " or mark == "\x1f" for mark in at)
        assert at.count("\x1f") == (2 if view.startswith("w#") else 1)


def test_a_value_cannot_pass_for_the_term_of_another():
    forger = Employee(id="x", full_name="A", job_title="z|=lportland|")
    assert "|=lportland|" not in project_rows(forger).terms
    assert facet_token("a|b") != "a|b"
    assert facet_token("~" + facet_token("a|b")[1:]) != facet_token("a|b")
    assert filter_term("l", "portland") not in words_of_terms(project_rows(forger).terms)


def test_another_day_of_the_same_month_changes_no_row():
    first, second = (Employee(id="x", full_name="A", start_date=f"2026-03-{day}") for day in (1, 2))
    assert project_rows(first).hash == project_rows(second).hash


@pytest.mark.parametrize(
    "address", ["ÀDA@Example.com", "ﬀ" * 90, "~" * 20, "a|b@c.d", "\ufdfa" * 200]
)
def test_spellings_of_one_mail_address_share_a_view_whose_name_a_key_can_hold(address):
    spellings = (address, unicodedata.normalize("NFD", address), f"  {address.swapcase()} ")
    views = {
        view
        for spelling in spellings
        for view, _ in project_rows(
            normalized(Employee(id="x", full_name="A", email=spelling))
        ).items()
        if view.startswith("e#")
    }
    assert len(views) == 1
    assert len(views.pop().encode()) <= 100


def test_spellings_of_one_place_share_a_view_and_are_counted_apart():
    one, other = (
        project_rows(Employee(id="x", full_name="A", location=at)) for at in ("Köln", "KOLN")
    )
    assert one.shape.views == other.shape.views == ("l#koln",)
    assert one.shape.counted_facets != other.shape.counted_facets


def test_the_card_comes_back_from_its_row():
    employee = largest("a")
    assert read_card(project_rows(employee).card) == card_of(employee)
    bare = Employee(id="x", full_name='Quote " Backslash \\ \u2028')
    assert read_card(project_rows(bare).card) == card_of(bare)


@pytest.mark.parametrize("prefix", ["s", "sm", "smi", "smith", "smithe", "smithson", "so"])
def test_of_the_words_that_a_prefix_begins_exactly_one_row_is_shown_the_smallest(prefix):
    employee = Employee(id="x", full_name="Smith Smithson Smithers Sonja", job_title="Smithy")
    rows = project_rows(employee).items()
    shown = [
        at.split("\x1f")[0]
        for (view, at), item in rows.items()
        if view == "w#s" and at.startswith(prefix) and int(item["p"]["N"]) < len(prefix)
    ]
    assert shown == [
        min(word for word in project_rows(employee).shape.words if word.startswith(prefix))
    ]


def test_the_hash_changes_with_whatever_a_row_holds_and_with_nothing_else():
    base = Employee(id="x", full_name="Ada", location="Oslo")
    shown = {
        "full_name": "Ida",
        "location": "oslo",
        "preferred_name": "A",
        "email": "a@b.c",
        "phone": "1",
        "badges": ("bug",),
        "photo_key": "employee_pic/1.jpg",
        "start_date": "2026-03-14",
    }
    hashes = {
        project_rows(Employee(**{**_fields(base), name: new})).hash for name, new in shown.items()
    }
    assert len(hashes) == len(shown)
    assert project_rows(base).hash not in hashes
    unseen = Employee(
        **{
            **_fields(base),
            "about": "x",
            "pronouns": "y",
            "mobile": "1",
            "time_zone": "z",
            "version": 7,
        }
    )
    assert project_rows(unseen).hash == project_rows(base).hash


def test_rows_of_the_first_release_stay_as_they_are():
    employee = Employee(
        id="x", full_name="Ada King", job_title="Analyst", location="Oslo", email="ada@b.example",
        start_date="2026-03-14", badges=("bug",), photo_key="employee_pic/1.jpg",
    )  # fmt: skip
    rows = project_rows(employee)
    assert (rows.shape.projection, rows.hash) == (1, "cf3ca64f281e6d6c7a3d7d31")


def test_a_number_makes_rows_that_the_first_release_leaves_alone():
    plain = Employee(id="x", full_name="Ada King")
    numbered = replace(plain, employee_number="E-10432")
    before, after = project_rows(plain), project_rows(numbered)
    assert PROJECTION >= after.shape.projection > before.shape.projection
    assert set(after.shape.words) - set(before.shape.words) == {"e", "10432", "e10432"}
    assert after.card == before.card
    assert project_rows(replace(numbered, employee_number="")).shape == before.shape


@pytest.mark.parametrize(
    ("changed", "sort_by"),
    [
        ({"sort_as": "Byron"}, SortBy.GIVEN),
        ({"full_name": "Dr. Ada King"}, SortBy.GIVEN),
        ({}, SortBy.FAMILY),
    ],
)
def test_another_place_in_the_order_has_rows_that_earlier_releases_leave_alone(changed, sort_by):
    plain = Employee(id="x", full_name="Ada King")
    assert 1 < project_rows(replace(plain, **changed), sort_by).shape.projection <= PROJECTION
    assert project_rows(replace(plain, full_name="Ada"), sort_by).shape.projection == 1


def test_every_field_that_is_searched_later_has_a_later_projection():
    searched = {field.name for field in FIELDS if field.searched is not Searched.NO}
    later = {field.name for field in FIELDS if field.digest >= FIRST_RELEASE}
    numbered = replace(Employee(id="x", full_name="Ada"), **dict.fromkeys(searched & later, "1"))
    for name in searched & later:
        assert project_rows(replace(numbered, **{name: "2"})).shape.projection > 1


def test_an_update_names_only_what_differs():
    stored = Employee(id="x", full_name="Ada", about="old", badges=("bug",), version=3)
    wanted = Employee(id="x", full_name="Ada", phone="1", badges=("bug",))
    item = new_record(stored, "hash", "", keep_version=True)
    change = update_expression(item, wanted, "hash", "form", "mark")
    assert sorted(change.names.values()) == [
        "about",
        "history",
        "ix",
        "phone",
        "updated_at",
        "version",
        "write_id",
    ]
    assert change.text.endswith("REMOVE #e6")


def _fields(employee: Employee) -> dict[str, object]:
    return {name: getattr(employee, name) for name in employee.__slots__}


def test_what_is_hidden_lies_beside_the_card_and_never_in_it():
    shown = Employee(id="x", full_name="Ada King", phone="+1 206 555 0141", about="Zeppelins")
    hiding = replace(shown, hidden=("phone", "about"), start_date="2024-02-29")
    before, after = project_rows(replace(shown, start_date="2024-02-29")), project_rows(hiding)
    assert (after.card, after.terms) == (before.card, before.terms)
    assert (after.hash, after.shape.projection) != (before.hash, PROJECTION)
    assert len(orjson.loads(after.card)) == 9  # an older release reads no card of ten values
    [hidden] = {item["v"]["S"] for item in after.items().values()}
    assert hidden == "phone about"
    assert read_card(after.card, hidden) == card_of(hiding)
    assert not any("v" in item or "o" in item for item in before.items().values())
    month = project_rows(replace(hiding, hidden=("start_date",)))
    assert not any(view.startswith("j#") for view, _ in month.items())
    assert "j:2024-02" not in month.shape.counted_facets


def test_origins_lie_beside_the_card_only_where_it_does_not_tell_them():
    ada = Employee(
        id="x", full_name="Ada King", email="ada.king@b.example", phone="+1 206 555 0141",
        about="Zeppelins",
    )  # fmt: skip
    assert project_rows(ada).origins == ""
    assert project_rows(replace(ada, preferred_name="Ada")).origins == ""
    assert project_rows(replace(ada, preferred_name="Countess")).origins == ":countess"
    assert project_rows(replace(ada, employee_number="E1")).origins == "n:e1"
    both = project_rows(replace(ada, mobile="+1 206 555 0141"))
    assert both.origins.startswith("mp:")
    assert both.shape.projection == 4
