"""The pages that are measured, each at many addresses, so that no cache of one is measured.

What all sizes share (filters, frequent words) is taken from the first thousand people, who are in
every world; whoever or whatever is rare is taken from people between the first and the last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import NamedTuple
from urllib.parse import quote, urlencode

from app.contracts import Query
from app.contracts.cursors import SEPARATOR, Cursor
from app.model.employee import Employee
from app.model.search_words import badges_named, search_words
from app.samples.loading import sample_people
from app.text import search_keys
from app.text.folding import fold
from app.text.search_marks import MARKS

_FIRST_PEOPLE = 1_000
_MOST_VALUES = 8
# Among which words are frequent, and among which pairs of conditions meet often.
_FREQUENT_WORDS = 24


class MeasuredPage(NamedTuple):
    """One kind of page, and the addresses of it that are asked for in turn."""

    name: str
    paths: list[str]


class Common:
    """What is frequent among the first people, so that every world has it."""

    def __init__(self, smallest: int) -> None:
        people = list(sample_people(min(smallest, _FIRST_PEOPLE)))
        self._words = [
            [word for word in search_words(each) if word[0] not in MARKS] for each in people
        ]
        self.locations = _most(each.location for each in people)
        self.departments = _most(each.department for each in people)
        self.job_titles = _most(each.job_title for each in people)
        self.badges = _most(badge for each in people for badge in each.badges)
        self.months = _most(
            filter(None, (search_keys.month_of(each.start_date) for each in people))
        )
        self.places_and_departments = _most((each.location, each.department) for each in people)
        counted = Counter(word for words in self._words for word in words if len(word) > 2)
        self.words = [word for word, _ in counted.most_common(_FREQUENT_WORDS)]

    def together(self, number: int) -> list[str]:
        """Frequent words that many people have together, so many at a time."""
        frequent = set(self.words)
        return _most(
            " ".join(some)
            for words in self._words
            for some in combinations(sorted(frequent.intersection(words)), number)
            if not any(b.startswith(a) for a, b in combinations(some, 2))
        )

    def never_together(self) -> list[str]:
        """Two places, each frequent; nobody is in both, nor has a badge that is called so."""
        keys = [search_keys.facet_key(each) for each in self.locations if " " not in each]
        places = [key for key in keys if not badges_named(key)]
        return [" ".join(two) for two in combinations(places[:5], 2)]


def list_pages(common: Common, some: list[Employee]) -> Iterator[MeasuredPage]:
    """The list, narrowed by everything but words."""
    yield MeasuredPage("list, first page", ["/"])
    yield MeasuredPage("list, in the middle", [_from(person) for person in some])
    yield MeasuredPage("letter", [_path(letter=letter) for letter in "abcdefghijklmnoprstw"])
    yield MeasuredPage("location", [_path(location=each) for each in common.locations])
    yield MeasuredPage("department", [_path(department=each) for each in common.departments])
    yield MeasuredPage("job title", [_path(job_title=each) for each in common.job_titles])
    yield MeasuredPage("badge", [_path(badge=each) for each in common.badges])
    yield MeasuredPage("month of joining", [_path(joined=each) for each in common.months])
    yield MeasuredPage(
        "two filters",
        [_path(location=a, department=b) for a, b in common.places_and_departments],
    )


def searches(common: Common, some: list[Employee]) -> Iterator[MeasuredPage]:
    """Searches by one word and more, frequent and rare; a person's mail name is rare."""

    def search(name: str, all_words: Iterable[str]) -> MeasuredPage:
        return MeasuredPage(f"search: {name}", [_path(q=words) for words in all_words])

    two_names = [each for each in some if _latin(each)]
    mail_names = [_mail_name(each) for each in two_names]
    yield search("one frequent word", common.words[:12])
    yield search("one rare word", mail_names)
    yield search("first and last name", [_first_and_last(each) for each in two_names])
    yield search("two frequent words", common.together(2))
    yield search(
        "a frequent and a rare word",
        [f"{search_keys.facet_key(each.location)} {_mail_name(each)}" for each in two_names],
    )
    yield search("three frequent words", common.together(3))
    yield search(
        "three words, one rare",
        [f"{each.location} {each.department} {_mail_name(each)}" for each in two_names],
    )
    yield search("two frequent words that never meet", common.never_together())
    yield search("nothing like it", [f"{name[::-1]}qxz" for name in mail_names])
    yield search("a misspelt name", [_misspelt(_first_and_last(each)) for each in two_names])


def other_pages(some: list[Employee]) -> Iterator[MeasuredPage]:
    """One person, and the charts of all."""
    yield MeasuredPage("person", [f"/employee/{quote(each.id)}" for each in some])
    yield MeasuredPage("insights", ["/insights"])


def _most(values: Iterable[object]) -> list:  # type: ignore[type-arg]
    return [value for value, _ in Counter(values).most_common(_MOST_VALUES)]


def _path(**parameters: str) -> str:
    return f"/?{urlencode(parameters)}"


def _from(person: Employee) -> str:
    """The page that begins behind this person."""
    key = SEPARATOR.join(
        (search_keys.name_key(person.full_name), search_keys.id_sort_key(person.id))
    )
    return _path(cursor=Cursor(False, key).to_text(Query()))


def _latin(person: Employee) -> bool:
    words = person.full_name.split()
    return len(words) > 1 and all(len(fold(word)) > 4 and word.isalpha() for word in words)


def _first_and_last(person: Employee) -> str:
    words = person.full_name.split()
    return f"{words[0]} {words[-1]}"


def _mail_name(person: Employee) -> str:
    return Query(words=person.email.partition("@")[0]).search_words[0]


def _misspelt(name: str) -> str:
    """Two letters of the last name change places."""
    return f"{name[:-3]}{name[-2]}{name[-3]}{name[-1]}"
