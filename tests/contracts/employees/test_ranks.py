"""Words of badges and of the text about a person, small words, and names without spaces."""

from __future__ import annotations

import pytest

from app.contracts import EmployeeStore
from app.model.search_words import MAX_LOW_RANK_WORDS
from tests.contracts.employees.test_phone_search import pages
from tests.support.stores.bindings import Room
from tests.support.stores.people import add, found, person


def test_words_of_about_and_of_badges_come_after_all_others(store: EmployeeStore) -> None:
    add(
        store,
        person("1", "Ada", about="Keeps coffee plants.\nSails."),
        person("2", "Bo", badges=("coffee", "gamepad")),
        person("3", "Zoe Coffee"),
        person("4", "Max", job_title="Coffeeshop Owner", about="No coffee", badges=("coffee",)),
        person("5", "Cy", about="Coffeehouse", badges=("coffee", "apple")),
    )
    expected = ["Zoe Coffee", "Max", "Ada", "Cy", "Bo"]
    assert found(store, words="coffee") == expected
    assert found(store, words="cof") == expected
    for limit in (1, 2, 3):
        assert pages(store, "coffee", limit) == expected
    assert found(store, words="coffee snob") == ["Max", "Cy", "Bo"]
    assert found(store, words="gamer") == ["Bo"]
    assert found(store, words="sails") == ["Ada"]
    assert found(store, words="ada plants") == ["Ada"]
    assert found(store, words="mac user coffeehouse") == ["Cy"]
    assert found(store, words="coffee", badge="apple") == ["Cy"]
    assert found(store, words="coffee", letter="m") == ["Max"]


def test_the_longest_words_of_about_are_found(store: EmployeeStore) -> None:
    text = (
        "I am the one who plays a very fine cello in a quartet and repairs microscopes on Mondays"
    )
    add(store, person("1", "Ada", about=text), person("2", "Bo", about="写真とカメラが好き"))
    for words in ("microscopes", "quartet", "mondays", "plays", "cello", "micro"):
        assert found(store, words=words) == ["Ada"], words
    assert found(store, words="very") == []
    assert MAX_LOW_RANK_WORDS == 6
    for words in ("写真", "カメラ"):
        assert found(store, words=words) == ["Bo"], words


def test_small_words_of_a_question_are_no_reason_for_a_match(store: EmployeeStore) -> None:
    add(
        store,
        person("1", "Ada Whorf", location="London", job_title="Head of the Lab"),
        person("2", "Ingrid Isaksson", location="Thessaloniki", job_title="Forest Officer"),
        person("3", "In Kim", location="Seoul"),
        person("4", "The Anh Do", location="Hanoi"),
    )
    for words in ("who runs the lab in London", "Who is in London?", "the lab", "lab of London",
                  "Who's the head of the lab", "london for"):  # fmt: skip
        assert found(store, words=words) == ["Ada Whorf"], words
    assert found(store, words="in") == ["In Kim", "Ingrid Isaksson"]
    assert found(store, words="The") == ["Ada Whorf", "The Anh Do", "Ingrid Isaksson"]
    assert found(store, words="do") == ["The Anh Do"]
    assert found(store, words="Is") == ["Ingrid Isaksson"]
    assert found(store, words="kim in") == ["In Kim"]


@pytest.mark.parametrize(
    "written",
    ["山田 太郎", "山田太郎", "山田　太郎", "山田・太郎", "김 민준", "김민준", "王 小明", "王小明",
     "佐々木 希", "佐々木希"],
)  # fmt: skip
def test_names_without_spaces_are_found_with_and_without_one(room: Room, written: str) -> None:
    joined = written.translate(dict.fromkeys(map(ord, " 　・")))
    given = joined[3:] if joined.startswith("佐々木") else joined[-2:]
    family = joined.removesuffix(given)
    add(room.store, person("1", written), person("2", "Ada"), person("3", given))
    room.put_outside(person("4", f"{written} Jr"))
    shown = written.replace("\u3000", " ")
    for _ in range(2):
        for words in (joined, f"{family} {given}", f"{given} {family}", f"{family}　{given}",
                      f"{family}・{given}"):  # fmt: skip
            assert shown in found(room.store, words=words), words
            assert given not in found(room.store, words=words), words
        list(room.store.reindex())
    assert f"{shown} Jr" in found(room.store, words=joined)


def test_kana_are_found_in_every_width_and_with_middle_dots(store: EmployeeStore) -> None:
    add(store, person("1", "ジョン・スミス"), person("2", "ヤマダ タロウ"), person("3", "Ａｄａ"))
    for words in ("ジョンスミス", "ジョン スミス", "ジョン･スミス", "ｼﾞｮﾝ･ｽﾐｽ", "ｼﾞｮﾝｽﾐｽ", "スミス"):
        assert found(store, words=words) == ["ジョン・スミス"], words
    for words in ("ﾔﾏﾀﾞﾀﾛｳ", "ヤマダタロウ", "ヤマダ・タロウ", "ﾔﾏﾀﾞ ﾀﾛｳ"):
        assert found(store, words=words) == ["ヤマダ タロウ"], words


@pytest.mark.parametrize(
    "written", ["李Tom", "Tom李", "李 Tom", "Tom 李", "김Tom철수", "김 Tom 철수"]
)
def test_names_in_two_scripts_are_found_with_and_without_a_space(room: Room, written: str) -> None:
    family = "김" if "김" in written else "李"
    add(room.store, person("1", written), person("2", "Tom Ada"), person("3", f"{family} Ada"))
    for _ in range(2):
        for words in (f"{family}Tom", f"{family} Tom", f"Tom{family}", f"tom {family}"):
            assert found(room.store, words=words) == [written], words
        assert sorted(found(room.store, words="Tom")) == sorted([written, "Tom Ada"])
        list(room.store.reindex())
