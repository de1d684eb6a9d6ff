"""The counts of a store of employees: of everyone, and of those who match a query."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple

from app.contracts.queries import CATALOGUES, TEXT_FILTERS
from app.model.employee import Card
from app.model.facets import FACETS
from app.model.leaving import is_day
from app.text import search_keys

# Of at most so many matches every filter is counted.
MAX_COUNTED_MATCHES = 1_000
# The value under which stores count those who have left, beside the last days of those who leave.
LEFT = "left"
NOBODY: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Facets:
    """Numbers of employees: in total, by letter, and by each value of a filter.

    Those who have left are counted in ``left`` alone. Those who leave are counted in ``leaving`` by
    their last day, which may have come, beside all other counts. Of a query, both are nothing.

    Values have their most frequent spelling (``search_keys.merge_spellings``) and are in the order
    of their facet key; badges and letters are in the order of their catalogue, months in order of
    time. Zeros are omitted. ``stamp`` differs after every change of any count of the directory.
    """

    total: int = 0
    letters: Mapping[str, int] = field(default_factory=dict)
    locations: Mapping[str, int] = field(default_factory=dict)
    departments: Mapping[str, int] = field(default_factory=dict)
    job_titles: Mapping[str, int] = field(default_factory=dict)
    badges: Mapping[str, int] = field(default_factory=dict)
    joined: Mapping[str, int] = field(default_factory=dict)
    left: int = 0
    leaving: Mapping[str, int] = field(default_factory=dict)
    stamp: object = field(default=None, compare=False)

    def of(self, name: str) -> Mapping[str, int]:
        """Return the counts of a filter by value."""
        counts: Mapping[str, int] = getattr(self, _COUNTS[name])
        return counts

    def days_due(self, today: str) -> list[str]:
        """Return the last days that have come, of people who are still in lists."""
        return [day for day in self.leaving if day <= today]


_COUNTS = {facet.name: facet.counts for facet in FACETS}


class Matches(NamedTuple):
    """The counts of those who match a query: all but the start months, or None if unknown.

    They are unknown if more than MAX_COUNTED_MATCHES match (``are_many``), or if counting would
    take more than the budget of a page.
    """

    facets: Facets | None = None
    are_many: bool = False


NO_MATCHES = Matches(Facets())
MANY_MATCHES = Matches(are_many=True)
UNKNOWN_MATCHES = Matches()


def facets_from(
    total: int,
    counts: Mapping[str, Mapping[str, int]],
    stamp: object = None,
    leavers: Mapping[str, int] = NOBODY,
) -> Facets:
    """Return the Facets of counts above zero by facet name and value, in any order.

    ``leavers`` are the counts of LEFT and of the last days of those who leave.
    """
    by_facet = {facet.counts: _in_order(facet.name, counts.get(facet.name, {})) for facet in FACETS}
    leaving = {day: leavers[day] for day in sorted(leavers) if is_day(day)}
    return Facets(total, **by_facet, left=leavers.get(LEFT, 0), leaving=leaving, stamp=stamp)


def _in_order(name: str, counts: Mapping[str, int]) -> Mapping[str, int]:
    if name in TEXT_FILTERS:
        return search_keys.merge_spellings(counts)
    values = CATALOGUES.get(name) or sorted(filter(search_keys.is_month, counts))
    return {value: counts[value] for value in values if value in counts}


def matches_of(letters: Iterable[str], cards: Sequence[Card]) -> Matches:
    """Return the counts of these cards, which have these letters."""
    texts = {name: map(attrgetter(name), cards) for name in TEXT_FILTERS}
    badges = chain.from_iterable(card.badges for card in cards)
    return matches_from(len(cards), {"letter": letters, "badge": badges, **texts})


def matches_from(total: int, values: Mapping[str, Iterable[str]]) -> Matches:
    """Return the counts of so many employees with these values of each filter, repeated as often.

    The values of a filter may also be a Counter. Raises ValueError if there are more than
    MAX_COUNTED_MATCHES.
    """
    if total > MAX_COUNTED_MATCHES:
        raise ValueError(f"{total} are more than {MAX_COUNTED_MATCHES}")
    counts = {name: Counter(some) for name, some in values.items()}
    for name in TEXT_FILTERS:
        for value in [each for each in counts[name] if not search_keys.facet_key(each)]:
            del counts[name][value]
    return Matches(facets_from(total, counts))
