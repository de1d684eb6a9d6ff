"""Search: case, accents, width and word order do not matter; a word typed begins a word."""

from dataclasses import replace

from app.contracts import EmployeeStore
from app.history.changes import Write
from app.model.revision import revision_of
from tests.support.stores.people import add, add_named, everyone, found, person

# However each name may be typed. No other name here is found by the same.
TYPED = {
    "José Núñez": ("jose nunez", "NÚÑEZ JOSÉ", "jo nu", "jose\u0301 nun\u0303ez"),
    "Siobhán O'Brien": ("o'brien", "o’brien", "obrien", "brien"),
    "Jean-Luc Picard": ("jean luc", "jean-luc", "jeanluc", "luc, jean"),
    "Weiß Straße": ("weiss strasse",),
    "Łukasz Ørsted": ("lukasz orsted",),
    "Ｇｒａｃｅ Ｈｏｐｐｅｒ": ("grace hopper",),
    "Ada Lovelace": ("Ｌｏｖｅ", "  ada\t lovelace  ", "ada love lovelac"),
    "王小明": ("王", "小明", "明"),
    "山田 太郎": ("太",),
    "やまだ タロウ": ("まだ ロウ",),
    "김민준": ("민준",),
    "محمد علي": ("علي محمد",),
    "م\u064fح\u064eم\u064e\u0651د": (),
    "अमृता शर्मा": ("शर्",),
    "דוד כהן": ("כהן",),
    "Анна Каренина": ("карен",),
    "Bo 😀": ("😀",),
}


def test_a_name_is_found_however_it_is_typed(big_store: EmployeeStore) -> None:
    add(big_store, *(person(f"id-{number}", name) for number, name in enumerate(TYPED)))
    for name, ways in TYPED.items():
        for words in ways:
            assert found(big_store, words=words) == [name], words
    assert len(found(big_store, words="محمد")) == 2, "with vowel points and without"


def test_what_begins_no_word_finds_nobody(store: EmployeeStore) -> None:
    add(store, person("1", "Ada Lovelace"))
    for words in ("lovelac3", "velace", "ada byron", "loveladce", "ada lovelacee", "xada", "a%e"):
        assert found(store, words=words) == [], words


def test_every_kind_of_word_is_found(store: EmployeeStore) -> None:
    add(
        store,
        person("1", "Grace Hopper", preferred_name="Amazing", job_title="Inventor",
               department="Computing", location="London", email="ghopper@navy.example"),
        person("2", "Ada Lovelace"),
    )  # fmt: skip
    for words in (
        "grace", "amazing", "inventor", "computing", "london", "ghopper", "gra inv lon"
    ):  # fmt: skip
        assert found(store, words=words) == ["Grace Hopper"], words


def test_an_employee_number_typed_whole_finds_the_employee(store: EmployeeStore) -> None:
    ada, *_ = add(
        store,
        person("1", "Ada King", employee_number="E-10432"),
        person("2", "Bo King", employee_number="0042"),
        person("3", "Cy King"),
    )
    for words in ("E-10432", "e 10432", "e10432", "10432", "king E-10432"):
        assert found(store, words=words) == ["Ada King"], words
    assert found(store, words="0042") == ["Bo King"]
    assert found(store, words="42") == []
    changed = store.update(replace(ada, employee_number="7"), revision_of(ada), Write("w1"))
    assert found(store, words="10432") == []
    assert found(store, words="7") == ["Ada King"]
    store.update(replace(changed, employee_number=""), revision_of(changed), Write("w2"))
    assert found(store, words="7") == []
    assert found(store, words="king") == ["Ada King", "Bo King", "Cy King"]


def test_an_employee_number_is_found_beside_the_words_of_a_long_name(store: EmployeeStore) -> None:
    words = " ".join(f"word{number}" for number in range(24))
    add(store, person("1", words, job_title=words.upper(), employee_number="E-10432"))
    assert found(store, words="E-10432") == [words]


def test_nothing_else_is_searched(store: EmployeeStore) -> None:
    add(
        store,
        person("1", "Grace Hopper", email="g@navy.example", pronouns="she", phone="555",
               mobile="711", time_zone="Asia/Tokyo", start_date="2024-01-01"),
    )  # fmt: skip
    for words in ("navy", "she", "555", "711", "asia", "tokyo", "2024"):
        assert found(store, words=words) == [], words


def test_a_mail_address_finds_whose_it_is(store: EmployeeStore) -> None:
    add(
        store,
        person("p1", "Ada King", email="countess.ada@navy.example"),
        person("p2", "Ada Countess"),
    )
    for typed in ("countess.ada@navy.example", "King <Countess.Ada@navy.example>"):
        assert "Ada King" in found(store, words=typed), typed
    assert found(store, words="countess.king@navy.example") == ["Ada King"]
    assert found(store, words="grace@navy.example") == []


def test_words_without_letters_ask_nothing(store: EmployeeStore) -> None:
    add_named(store, "Ada", "Bea")
    for words in ("", "   ", "...", "'", "--", "!?"):
        assert found(store, words=words) == ["Ada", "Bea"], words


def test_whole_words_come_before_longer_ones_and_then_names_decide(store: EmployeeStore) -> None:
    add_named(store, "Zoe Ann", "Anna Berg", "Ann Zimmer", "Annabel Axt", "Ann Adler", "Bo Anna")
    assert found(store, words="ann") == [
        "Ann Adler", "Ann Zimmer", "Zoe Ann", "Anna Berg", "Bo Anna", "Annabel Axt"
    ]  # fmt: skip


def test_the_longest_word_typed_decides_the_order(store: EmployeeStore) -> None:
    add_named(store, "Ada Berger", "Ad Bergerson", "Adam Berg", "Zoe Adams")
    assert found(store, words="ad berg") == ["Adam Berg", "Ada Berger", "Ad Bergerson"]


def test_a_person_with_several_words_that_match_is_shown_once_at_the_first(
    store: EmployeeStore,
) -> None:
    add(
        store,
        person("1", "Sam Smith", job_title="Senior Smith", department="Sales"),
        person("2", "Bo Saab"),
        person("3", "Al Samson"),
    )
    assert found(store, words="s") == ["Bo Saab", "Sam Smith", "Al Samson"]
    assert found(store, words="sm") == ["Sam Smith"]
    assert found(store, words="sa") == ["Bo Saab", "Sam Smith", "Al Samson"]


def test_a_word_that_begins_another_word_typed_asks_nothing_more(store: EmployeeStore) -> None:
    add_named(store, "Anna Berg")
    assert found(store, words="ann anna") == ["Anna Berg"]


def test_words_longer_than_64_bytes_are_found_by_their_beginning(store: EmployeeStore) -> None:
    add_named(store, "X" * 150)
    assert found(store, words="x" * 150) == ["X" * 150]
    assert found(store, words="x" * 10) == ["X" * 150]


def test_a_very_long_search_is_answered(store: EmployeeStore) -> None:
    add_named(store, "Ada")
    assert found(store, words="word " * 5_000) == []


def test_a_person_with_more_than_28_words_is_found_by_name_first(store: EmployeeStore) -> None:
    title = " ".join(f"title{number}" for number in range(40))
    add(store, person("1", "Ada Lovelace", preferred_name="Countess", job_title=title))
    assert found(store, words="ada countess title0") == ["Ada Lovelace"]
    assert found(store, words="title39") == []


def test_people_of_one_name_are_all_found_in_the_order_of_their_ids(store: EmployeeStore) -> None:
    for employee_id in ("c", "a", "B"):
        add(store, person(employee_id, "Ada Lovelace", about=employee_id))
    assert [card.id for card in everyone(store)] == ["B", "a", "c"]
