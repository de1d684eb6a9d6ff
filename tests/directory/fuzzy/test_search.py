"""Whom a search may have meant: near words, other forms of names, and what they may cost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.contracts import Page, Query
from app.directory.fuzzy import Cost, Suggestions, search, vocabulary_cache
from app.directory.fuzzy.nicknames import lines, other_forms
from app.directory.fuzzy.rewrites import rewrites
from app.directory.fuzzy.tuning import MAX_COMPARED, MAX_REWRITES
from app.directory.fuzzy.vocabulary import Vocabulary
from app.directory.service import Directory
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from app.model.revision import revision_of
from app.runtime import read_budget
from tests.support.model_store import ModelStore
from tests.support.viewers import OPERATOR

NAMES = (
    "Robert Smith", "William Johnson", "José Núñez", "Alexander Meier", "Philipp Schmidt",
    "Catherine O'Brien", "Michał Kowalczyk", "Zoë Thorvaldsen", "Александр Иванов",
)  # fmt: skip


class CountingStore(ModelStore):
    """Counts what is asked, and stops to answer when told."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Query] = []
        self.knows_words = True
        self.answers_left = 1_000

    def browse(self, query: Query, cursor: str | None = None, limit: int = 24) -> Page:
        if not self.answers_left:
            raise StorageUnavailable("the database", "browse")
        self.answers_left -= 1
        self.asked.append(query)
        return super().browse(query, cursor, limit)

    def vocabulary(self) -> Iterator[str]:
        if not self.knows_words:
            raise StorageUnavailable("the database", "vocabulary")
        return super().vocabulary()


@pytest.fixture
def store() -> CountingStore:
    store = CountingStore()
    put(store, *NAMES)
    return store


@pytest.fixture
def directory(store: CountingStore) -> Directory:
    return Directory(store, None)


def put(store: ModelStore, *names: str, **fields: str) -> None:
    first = len(store.people)
    people = [Employee(id=f"p{first + at}", full_name=each, **fields)
              for at, each in enumerate(names)]  # fmt: skip
    list(store.add_many(people))


def suggest(directory: Directory, words: str, **conditions: str) -> Suggestions:
    return directory.search(OPERATOR, Query(words=words, **conditions))[1]


def named(close: Suggestions) -> list[str]:
    return [match.card.full_name for match in close.people]


def reasons(close: Suggestions) -> list[tuple[str, str, bool]]:
    return [(each.matched, each.typed, each.is_other_form)
            for match in close.people for each in match.reasons]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("smiht", "Robert Smith"), ("robret smith", "Robert Smith"), ("jonson", "William Johnson"),
        ("jhonson", "William Johnson"), ("nunes jose", "José Núñez"), ("maier", "Alexander Meier"),
        ("filip", "Philipp Schmidt"), ("schmitt", "Philipp Schmidt"),
        ("obrein", "Catherine O'Brien"), ("jhons", "William Johnson"),
        ("katherine", "Catherine O'Brien"), ("kowalcyk", "Michał Kowalczyk"),
        ("torvaldsen", "Zoë Thorvaldsen"), ("иваноф", "Александр Иванов"),
        ("hlexander", "Alexander Meier"), ("obert smith", "Robert Smith"),
    ],
)  # fmt: skip
def test_a_word_a_letter_or_two_away_finds_the_person(
    directory: Directory, typed: str, name: str
) -> None:
    assert name in named(suggest(directory, typed))


@pytest.mark.parametrize(
    ("typed", "name", "found"),
    [
        ("bob", "Robert Smith", "Robert"), ("Bill Johnson", "William Johnson", "William"),
        ("pepe", "José Núñez", "José"), ("Sasha", "Alexander Meier", "Alexander"),
        ("kate", "Catherine O'Brien", "Catherine"), ("саша", "Александр Иванов", "Александр"),
    ],
)  # fmt: skip
def test_another_form_of_a_name_finds_the_person(
    directory: Directory, typed: str, name: str, found: str
) -> None:
    close = suggest(directory, typed)
    assert named(close) == [name]
    assert [(each[0], each[2]) for each in reasons(close)] == [(found, True)]


def test_the_reasons_name_both_words_as_they_are_written(directory: Directory) -> None:
    assert reasons(suggest(directory, "bob SMIHT")) == [
        ("Robert", "Bob", True), ("Smith", "SMIHT", False)
    ]  # fmt: skip
    assert reasons(suggest(directory, "obrein")) == [("O'Brien", "Obrein", False)]


def test_exact_hits_are_on_the_page_and_never_among_the_close(
    store: CountingStore, directory: Directory
) -> None:
    put(store, "Bob Robertson", "Robert Bobson")
    page, close = directory.search(OPERATOR, Query(words="bob"))
    assert [card.full_name for card in page.cards] == ["Bob Robertson", "Robert Bobson"]
    assert named(close) == ["Robert Smith"]


def test_who_has_only_a_longer_word_has_no_other_form_of_the_name(
    store: CountingStore, directory: Directory
) -> None:
    put(store, "Al Capone", "Alina Kowalska")
    assert named(suggest(directory, "albert")) == ["Al Capone"]


def test_a_form_of_two_letters_is_looked_for_in_first_names(
    store: CountingStore, directory: Directory
) -> None:
    put(store, "Amina al-Rashid", "Al Capone")
    assert named(suggest(directory, "albert")) == ["Al Capone"]


@pytest.mark.parametrize(
    ("typed", "found", "without"),
    [
        ("Robert in Lisbon", [], []),  # the search itself finds him
        ("Robert in Lisbon please hurry", ["Robert Lisboa"], ["hurry"]),
        ("Mr Robert Lisboa", ["Robert Lisboa"], ["Mr"]),
        ("robert m. lisboa", ["Robert Lisboa"], ["m"]),
        ("robert lisboa phone", ["Robert Lisboa"], ["phone"]),
        ("where is robert lisboa now", ["Robert Lisboa"], ["now"]),
        ("robret xyzzy smith", ["Robert Smith"], ["xyzzy"]),
        ("xyzzy smith", ["Robert Smith"], ["xyzzy"]),
        ("robert johnson", ["Robert Lisboa", "Robert Smith", "William Johnson"],
         ["robert", "johnson"]),
        ("fax of robert lisboa", ["Robert Lisboa"], ["fax"]),
        ("telephone number bo", [], []),
    ],
)  # fmt: skip
def test_where_nobody_has_every_word_those_who_have_the_others_are_found(
    store: CountingStore, directory: Directory, typed: str, found: list[str], without: list[str]
) -> None:
    put(store, "Robert Lisboa", location="Lisbon")
    put(store, "Bo Chen", "Ines Offerman")
    close = suggest(directory, typed)
    assert sorted(named(close)) == sorted(found)
    left_out = [each.typed for match in close.people for each in match.reasons if not each.matched]
    assert list(dict.fromkeys(left_out)) == without


def test_no_word_is_left_out_where_somebody_is_found(
    store: CountingStore, directory: Directory
) -> None:
    put(store, "Robert Lisboa", location="Lisbon")
    assert named(suggest(directory, "robert lisbon")) == []
    assert [each[0] for each in reasons(suggest(directory, "bob lisboa"))] == ["Robert"]
    assert named(suggest(directory, "bob smith")) == ["Robert Smith"]


def test_names_of_two_letters_are_misspelt_too(store: CountingStore, directory: Directory) -> None:
    put(store, "Bo Chen", "Boris Chen", "Wei Li", "Wei Lim")
    assert named(suggest(directory, "boo chen")) == ["Bo Chen"]
    assert named(suggest(directory, "wei lii"))[0] == "Wei Li"
    assert named(suggest(directory, "boo")) == []


def test_a_search_that_may_be_meant_and_ended_early_is_offered(
    store: CountingStore, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "Ada Byron", job_title="Accountant", location="Seattle")
    browse = store.browse

    def ending(query: Query, cursor: str | None = None, limit: int = 24) -> Page:
        if query.words == "accountant seattle":
            return Page((), "further", None, 4_000)
        return browse(query, cursor, limit)

    monkeypatch.setattr(store, "browse", ending)
    assert suggest(directory, "acountant seattle") == Suggestions(searches=("accountant seattle",))


def test_who_goes_by_another_form_is_found_by_it(
    store: CountingStore, directory: Directory
) -> None:
    put(store, "Xiuying Wang", preferred_name="Betty")
    assert reasons(suggest(directory, "elizabeth")) == [("Betty", "Elizabeth", True)]


def test_filters_keep_applying(store: CountingStore, directory: Directory) -> None:
    put(store, "Robert Lisboa", location="Lisbon")
    assert named(suggest(directory, "bob", location="Lisbon")) == ["Robert Lisboa"]
    assert all(query.values_of("location") == ("Lisbon",) for query in store.asked)


def test_titles_and_places_are_misspelt_too(store: CountingStore, directory: Directory) -> None:
    put(store, "Ada Byron", job_title="Reliability Engineer", location="Reykjavík")
    assert named(suggest(directory, "relaibility reykavik")) == ["Ada Byron"]


def test_a_search_that_finds_enough_asks_once(store: CountingStore, directory: Directory) -> None:
    put(store, *(f"Bob Number{each}" for each in "abcdef"))
    assert suggest(directory, "bob") == Suggestions()
    assert suggest(directory, "") == Suggestions()
    assert len(store.asked) == 2


def test_a_page_further_on_shows_nobody_close(store: CountingStore, directory: Directory) -> None:
    put(store, *(f"Bob Number{each}" for each in "abcdefgh"))
    first = store.browse(Query(words="bob"), None, 5)
    page, close = directory.search(OPERATOR, Query(words="bob"), first.next)
    assert len(page.cards) == 3
    assert close == Suggestions()


def test_close_people_are_bounded_and_there_is_a_search_for_all_of_them(
    store: CountingStore, directory: Directory
) -> None:
    put(store, *(f"Robert Number{at}" for at in range(40)))
    close = suggest(directory, "robret")
    assert len(close.people) == search.MAX_SUGGESTIONS
    assert (close.more, close.searches) == (True, ("robert",))


def test_at_most_three_other_searches_are_made(store: CountingStore, directory: Directory) -> None:
    put(store, *(f"Mar{each}n Zzz" for each in "abcdefghijklmn"))
    suggest(directory, "marun")
    assert len(store.asked) <= 1 + MAX_REWRITES


@pytest.mark.parametrize(
    ("most", "searches"),
    [(Cost(-1, 60), 0), (Cost(60, -1), 0), (Cost(60, 60), MAX_REWRITES)],
)
def test_no_further_search_is_begun_once_they_took_as_much_as_the_first(
    store: CountingStore,
    directory: Directory,
    monkeypatch: pytest.MonkeyPatch,
    most: Cost,
    searches: int,
) -> None:
    put(store, *(f"Mar{each}n Zzz" for each in "abcdefghijklmn"))
    monkeypatch.setattr(search, "MIN_BUDGET", Cost(-1, -1))
    query = Query(words="marun")
    page = store.browse(query)
    close = directory._fuzzy_search.suggest(query, page, most)
    assert len(store.asked) == 1 + searches
    assert bool(close.people) is bool(searches)


def test_a_search_and_its_guesses_are_of_one_page(
    store: CountingStore, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, *(f"Mar{each}n Zzz" for each in "abcdefghijklmn"))
    met: list[object] = []
    browse = store.browse

    def browsing(*asked: Any) -> Page:
        met.append(read_budget.current(lambda _: object()))
        return browse(*asked)

    monkeypatch.setattr(store, "browse", browsing)
    directory.search(OPERATOR, Query(words="marun"))
    assert len(met) > 1
    assert len(set(met)) == 1
    directory.search(OPERATOR, Query(words="marun"))
    assert len(set(met)) == 2


def test_nonsense_finds_nobody(directory: Directory) -> None:
    for words in ("qqqqqq", "!?", "xyzzy plugh", "a" * 200, "one two three four five six seven"):
        assert suggest(directory, words) == Suggestions()


def test_the_page_is_answered_when_the_words_cannot_be_read(
    store: CountingStore, directory: Directory
) -> None:
    store.knows_words = False
    page, _ = directory.search(OPERATOR, Query(words="smith"))
    assert [card.full_name for card in page.cards] == ["Robert Smith"]
    assert named(suggest(directory, "bob smith")) == ["Robert Smith"]  # needs no words


def test_the_page_is_answered_when_the_search_for_close_people_fails(
    store: CountingStore, directory: Directory
) -> None:
    store.answers_left = 1
    page, close = directory.search(OPERATOR, Query(words="smiht"))
    assert (page.cards, close) == ((), Suggestions())


def test_a_search_waits_for_the_words_only_so_long(
    store: CountingStore, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    words = list(store.vocabulary())

    def slowly() -> Iterator[str]:
        go_on.wait(30)
        return iter(words)

    monkeypatch.setattr(store, "vocabulary", slowly)
    monkeypatch.setattr(vocabulary_cache, "FIRST_WAIT_SECONDS", 0.01)
    assert suggest(directory, "smiht") == Suggestions()
    go_on.set()
    monkeypatch.setattr(vocabulary_cache, "FIRST_WAIT_SECONDS", 30)
    assert named(suggest(directory, "smiht")) == ["Robert Smith"]


def test_words_that_were_read_are_read_again_when_they_are_old(
    store: CountingStore, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert named(suggest(directory, "lovelcae")) == []
    put(store, "Ada Lovelace")
    monkeypatch.setattr(vocabulary_cache, "NEXT_WAIT_SECONDS", 30)
    directory._fuzzy_search._vocabulary._next_at = 0.0
    assert named(suggest(directory, "lovelcae")) == ["Ada Lovelace"]


def test_what_was_saved_in_this_process_is_known_at_once(
    store: CountingStore, directory: Directory
) -> None:
    assert named(suggest(directory, "lovelcae")) == []
    store.knows_words = False  # so that only what was learned can be known
    ada = directory.add(
        OPERATOR, Employee(id="a", full_name="Ada Lovelace", job_title="Analyst"), "w1"
    )
    assert named(suggest(directory, "lovelcae")) == ["Ada Lovelace"]
    changed = replace(ada, full_name="Ada Byron")
    directory.update(OPERATOR, changed, revision_of(ada), "w2")
    assert named(suggest(directory, "byorn")) == ["Ada Byron"]
    list(directory.add_many(OPERATOR, [Employee(id="g", full_name="Grace Hopper")]))
    assert named(suggest(directory, "hoppre")) == ["Grace Hopper"]
    directory._fuzzy_search._vocabulary._next_at = 0.0
    store.knows_words = True
    assert named(suggest(directory, "hoppre")) == ["Grace Hopper"]


def test_very_many_words_of_saves_are_read_again_and_not_kept(
    store: CountingStore, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vocabulary_cache, "MAX_LEARNED_WORDS", 3)
    monkeypatch.setattr(vocabulary_cache, "NEXT_WAIT_SECONDS", 30)
    suggest(directory, "smiht")
    for number, name in enumerate(("Ada Lovelace", "Grace Hopper", "Radia Perlman")):
        directory.add(OPERATOR, Employee(id=f"n{number}", full_name=name), "w")
    assert len(directory._fuzzy_search._vocabulary._learned) <= 4
    for typed, name in (("lovelcae", "Ada Lovelace"), ("perlmna", "Radia Perlman")):
        assert named(suggest(directory, typed)) == [name]


def test_words_are_added_to_a_vocabulary_without_changing_it() -> None:
    before = Vocabulary(["robert", "smith"])
    after = before.plus(["smyth", "robert", "ada"])
    assert (len(before), len(after)) == (2, 4)
    assert after.holds("ada")
    assert not before.holds("ada")
    assert [each.word for each in after.nearest("smtih")][:1] == ["smith"]
    assert "smyth" in [each.word for each in after.nearest("smith")]
    assert before.plus(["smith"]) is before


@pytest.mark.parametrize(
    ("people", "typed", "found"),
    [
        (("Bill Jones", "William Smith"), "Bill Smyth", ["William Smith"]),
        (("Bill Jones", "William Smith"), "Smyth Bill", ["William Smith"]),
        (("Bill Jones", "Anna Smith"), "Bill Smyth", ["Anna Smith"]),
        (("William Jones", "Anna Smith"), "Bill Smyth", ["Anna Smith"]),
        (("William Jones", "Anna Smith"), "Bill Smith", ["Anna Smith"]),
        (("William Jones", "Anna Petrov"), "Bill Smyth", ["William Jones"]),
        (("Bill Jones", "Bob Petrov"), "Bill Smyth", ["Bill Jones"]),
    ],
)
def test_a_nickname_does_not_count_without_a_surname_like_one_that_somebody_has(
    people: tuple[str, ...], typed: str, found: list[str]
) -> None:
    store = CountingStore()
    put(store, *people)
    assert named(suggest(Directory(store, None), typed)) == found


def test_many_words_are_looked_through_in_bounded_steps() -> None:
    letters = "abcdefghij"
    words = [f"r{one}{two}{three}{four}ert" for one in letters for two in letters
             for three in letters for four in letters]  # fmt: skip
    vocabulary = Vocabulary([*words, "robert"])
    assert len(vocabulary) == 10_001
    assert len(vocabulary._alike("robret", alone=True)) <= MAX_COMPARED


def test_asked_words_keep_their_order_and_lose_what_asks_nothing() -> None:
    query = Query(words="Smith, bo bob O’Brien")
    assert query.search_words_as_typed == ("smith", "bob", "obrien")


def test_guesses_come_the_likeliest_first_and_each_changes_something() -> None:
    vocabulary = Vocabulary(["robert", "rupert", "bob", "smith", "smyth"])
    found = rewrites(["robrt", "smih"], vocabulary, found_some=False)
    assert found[0].words == ("robert", "smith")
    assert [each.cost for each in found] == sorted(each.cost for each in found)
    assert all(each.changed for each in found)


def test_short_forms_are_written_as_search_folds_them() -> None:
    for full, short in lines():
        assert full
        assert short
        for form in (*full, *short):
            assert Query(words=form).search_words == (form,)
        assert not set(full) & set(short)


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("bob", "robert"), ("pepe", "jose"), ("sasha", "alexander"), ("fritz", "friedrich"),
        ("manu", "emmanuel"), ("beppe", "giuseppe"), ("ze", "jose"), ("gosia", "malgorzata"),
        ("дима", "дмитрии"), ("lasse", "lars"), ("memo", "mehmet"),
        ("honza", "jan"), ("pista", "istvan"), ("steffi", "stefanie"), ("jaap", "jacob"),
    ],
)  # fmt: skip
def test_usual_short_forms_of_many_languages_are_known_both_ways(short: str, full: str) -> None:
    assert full in other_forms(short)
    assert short in other_forms(full)
