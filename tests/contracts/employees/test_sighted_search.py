"""A search finds nobody by what is concealed from its viewer, and everybody else once, in order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.access.visibility import SEES_ALL, Sight
from app.contracts import EmployeeStore, Query
from app.history.changes import Write
from app.model.revision import revision_of
from tests.support.stores.people import (
    add,
    everyone,
    names,
    new_write_id,
    pages,
    pages_back,
    person,
)

# A colleague, a visitor of a read-only directory, and what an administrator may choose.
COLLEAGUE = Sight(sees_hidden=False)
VISITOR = Sight(frozenset(("email", "phone", "mobile")), sees_hidden=False)


def without(*fields: str) -> Sight:
    return Sight(frozenset(fields), sees_hidden=False)


def found(store: EmployeeStore, sight: Sight, words: str = "", **filters: str) -> list[str]:
    """Whom a viewer finds, in order; counts and pages of any size agree with it."""
    query = Query(words, **filters).seen_with(sight)
    cards = everyone(store, query)
    assert everyone(store, query, limit=1) == cards
    counted = store.count_matches(query).facets
    assert counted is not None
    assert counted.total == len(cards)
    return names(cards)


def test_each_word_finds_by_the_fields_that_the_viewer_sees(store: EmployeeStore) -> None:
    add(
        store,
        person(
            "1", "Ada King", preferred_name="Countess", job_title="Analyst", location="Oslo",
            email="engine.king@example.com", phone="+1 206 555 0141", mobile="+1 206 555 0142",
            employee_number="E-4711", about="Collects zeppelins.", badges=("linux",),
        ),
        person("2", "Bo Engine", phone="+1 206 555 0142", mobile="+1 206 555 0142"),
    )  # fmt: skip
    assert found(store, VISITOR, "engine") == ["Bo Engine"]
    assert found(store, COLLEAGUE, "engine") == ["Ada King", "Bo Engine"]
    assert found(store, without("email"), "engineking") == []
    assert found(store, without("phone"), "engineking") == ["Ada King"]
    for words, field in (
        ("0141", "phone"), ("e4711", "employee_number"), ("4711", "employee_number"),
        ("zeppelins", "about"), ("linux", "badges"), ("king 0141", "phone"),
        ("engine analyst", "email"), ("zeppelins countess", "about"),
    ):  # fmt: skip
        for sight in (SEES_ALL, COLLEAGUE, without("pronouns", "start_date")):
            assert found(store, sight, words) == ["Ada King"], (words, sight)
        assert found(store, without(field), words) == [], words
    # Of two fields that have a word, one suffices.
    assert found(store, without("phone"), "0142") == ["Ada King", "Bo Engine"]
    assert found(store, without("mobile"), "0142") == ["Bo Engine"]
    assert found(store, without("phone", "mobile"), "0142") == []
    for sight in (VISITOR, without("email", "employee_number", "about", "badges")):
        for words in ("countess", "king ada", "analyst oslo", "kin"):
            assert found(store, sight, words) == ["Ada King"], (words, sight)


def test_what_somebody_hides_finds_them_for_editors_only(store: EmployeeStore) -> None:
    add(
        store,
        person(
            "1", "Ada King", phone="+1 206 555 0141", mobile="+1 206 555 0142",
            about="Collects zeppelins.", hidden=("phone", "about"),
        ),
        person("2", "Bo King", phone="+1 206 555 0141", about="Flies zeppelins too."),
    )  # fmt: skip
    both, other = ["Ada King", "Bo King"], ["Bo King"]
    for words in ("0141", "zeppelins", "king 0141", "zepp king"):
        assert found(store, SEES_ALL, words) == both, words
        assert found(store, COLLEAGUE, words) == other, words
    assert found(store, COLLEAGUE, "0142") == ["Ada King"]
    assert found(store, VISITOR, "king") == both
    assert [card.hidden for card in everyone(store)] == [("phone", "about"), ()]
    [stored] = [store.get("1")]
    shown = store.update(replace(stored, hidden=()), revision_of(stored), Write(new_write_id()))
    assert (shown.hidden, shown.phone) == ((), stored.phone)
    assert found(store, COLLEAGUE, "0141") == both


def test_who_is_found_by_several_words_stands_at_the_first_that_is_seen(
    store: EmployeeStore,
) -> None:
    add(
        store,
        person("1", "Zoe Smithson", email="smita@example.com"),
        person("2", "Ann Smithers"),
        person("3", "Bea Smythe", about="Smitten with smithies.", hidden=("about",)),
        person("4", "Cal Jones", about="A smith among smiths."),
        person("5", "Dan Smit", phone="+1 206 555 0141", mobile="0141", hidden=("mobile",)),
    )
    assert found(store, SEES_ALL, "smi") == [
        "Dan Smit", "Zoe Smithson", "Ann Smithers", "Bea Smythe", "Cal Jones",
    ]  # fmt: skip
    assert found(store, COLLEAGUE, "smi") == [
        "Dan Smit", "Zoe Smithson", "Ann Smithers", "Cal Jones",
    ]  # fmt: skip
    assert found(store, VISITOR, "smi") == ["Dan Smit", "Ann Smithers", "Zoe Smithson", "Cal Jones"]
    assert found(store, without("about"), "smi") == ["Dan Smit", "Zoe Smithson", "Ann Smithers"]
    assert found(store, COLLEAGUE, "0141") == ["Dan Smit"]


@pytest.mark.parametrize("sight", [SEES_ALL, COLLEAGUE, VISITOR, without("about", "email")])
def test_pages_show_everybody_once_in_both_directions(store: EmployeeStore, sight: Sight) -> None:
    add(
        store,
        *(
            person(
                str(n), f"Ada{chr(97 + n)} Ada", email=f"adab{n}@example.com",
                about="Adaptable adages.", hidden=("about",) if n % 2 else (),
            )
            for n in range(9)
        ),
    )  # fmt: skip
    query = Query("ada").seen_with(sight)
    walked = list(pages(store, query, 2))
    shown = names(card for page in walked for card in page.cards)
    assert sorted(shown) == sorted(f"Ada{chr(97 + n)} Ada" for n in range(9))
    back = list(pages_back(store, query, 2, walked[-1]))
    assert [page.cards for page in back] == [page.cards for page in walked[-2::-1]]


def test_a_hidden_start_date_is_in_no_list_and_no_count(store: EmployeeStore) -> None:
    add(
        store,
        person("1", "Ada King", start_date="2024-02-29", hidden=("start_date",)),
        person("2", "Bo King", start_date="2024-02-01"),
    )
    assert store.facets().joined == {"2024-02": 1}
    for sight in (SEES_ALL, COLLEAGUE):
        assert found(store, sight, joined="2024-02") == ["Bo King"]
    assert found(store, without("start_date"), joined="2024-02") == []
    stored = store.get("1")
    store.update(replace(stored, hidden=()), revision_of(stored), Write(new_write_id()))
    assert store.facets().joined == {"2024-02": 2}
    assert found(store, COLLEAGUE, joined="2024-02") == ["Ada King", "Bo King"]


def test_a_filter_by_a_concealed_field_is_met_by_nobody(store: EmployeeStore) -> None:
    add(store, person("1", "Ada King", badges=("linux",)))
    assert found(store, COLLEAGUE, badge="linux") == ["Ada King"]
    assert found(store, without("badges"), badge="linux") == []
    assert found(store, without("badges"), letter="a") == ["Ada King"]


def test_a_reindex_finds_nothing_to_change(store: EmployeeStore) -> None:
    hiding = person(
        "1", "Ada King", preferred_name="Countess", phone="+1 206 555 0141", mobile="0711 22 33",
        start_date="2024-02-29", employee_number="E4711", hidden=("phone", "start_date"),
    )  # fmt: skip
    add(store, hiding)
    list(store.add_many([replace(hiding, id="2"), replace(hiding, id="3", hidden=())]))
    assert [card.hidden for card in everyone(store)] == [hiding.hidden, hiding.hidden, ()]
    assert {step.changed for step in store.reindex()} == {0}
    list(store.reindex(force=True))
    assert found(store, COLLEAGUE, "0141") == ["Ada King"]
    assert found(store, COLLEAGUE, "e4711") == ["Ada King"] * 3
