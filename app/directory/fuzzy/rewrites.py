"""Rewrite a search: the most likely other searches that may have been meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, product

from app.directory.fuzzy.nicknames import other_forms
from app.directory.fuzzy.vocabulary import SHORTEST, Vocabulary
from app.text.tokens import is_spelled

MOST, MAX_REWRITES, MAX_PARTIAL = 4, 3, 2
# A search of more words is taken as it is, and so are the words of it beyond these ways.
MAX_TYPED = 6
_WAYS_OF_ONE, _WAYS = 6, 3_000
# Where the words typed find somebody, only what is this near is shown beside them.
_NEAR_ENOUGH, _FAR = 1.0, 3.5
_OTHER_FORM = 0.4
# What it costs to leave a word out, of two letters at most, or longer; more where somebody has it.
_LEFT_OUT_SHORT, _LEFT_OUT, _THOUGH_KNOWN = 0.8, 1.6, 0.2
_AT_MOST_BEHIND = 0.75


@dataclass(frozen=True, slots=True)
class Substitution:
    """A replacement for one word typed; "" omits it. The unchanged word costs 0."""

    typed: str
    word: str
    cost: float = 0.0
    is_other_form: bool = False


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Another search: a substitution for each word typed, in order."""

    ways: tuple[Substitution, ...]

    @property
    def cost(self) -> float:
        """Return the distance from the search as typed."""
        return sum(way.cost for way in self.ways)

    @property
    def words(self) -> tuple[str, ...]:
        """Return the words to search for."""
        return tuple(way.word for way in self.ways if way.word)

    @property
    def left_out(self) -> tuple[str, ...]:
        """Return the words typed that are omitted."""
        return tuple(way.typed for way in self.ways if not way.word)

    @property
    def keeps_enough(self) -> bool:
        """Return whether at least 40 % of the letters typed are still searched for."""
        kept = sum(len(way.typed) for way in self.ways if way.word)
        return 5 * kept >= 2 * sum(len(way.typed) for way in self.ways)

    @property
    def changed(self) -> tuple[Substitution, ...]:
        """Return the words that differ from what was typed."""
        return tuple(way for way in self.ways if way.word != way.typed)


def rewrites(
    typed: Sequence[str], vocabulary: Vocabulary | None, *, found_some: bool
) -> list[Rewrite]:
    """Return at most MOST other searches, without those much less likely than the first.

    Searches that omit a word come last, at most MAX_PARTIAL, for the case that no other matches.
    """
    if not 0 < len(typed) <= MAX_TYPED:
        return []
    ways = [_ways(word, typed, vocabulary, found_some=found_some) for word in typed]
    while _number(ways) > _WAYS:
        max(ways, key=len).pop()
    likely = sorted(
        (each for each in map(Rewrite, product(*ways)) if each.changed and each.cost <= _FAR),
        key=lambda guess: (guess.cost, guess.words),
    )
    whole = [each for each in likely if not each.left_out][:MAX_REWRITES]
    whole = [each for each in whole if each.cost <= whole[0].cost + _AT_MOST_BEHIND]
    parts: dict[tuple[str, ...], Rewrite] = {}
    for each in likely:
        if each.left_out and each.keeps_enough:
            parts.setdefault(each.left_out, each)
    return [*whole, *islice(parts.values(), min(MAX_PARTIAL, MOST - len(whole)))]


def _number(ways: list[list[Substitution]]) -> int:
    number = 1
    for each in ways:
        number *= len(each)
    return number


def _ways(
    typed: str, together: Sequence[str], vocabulary: Vocabulary | None, *, found_some: bool
) -> list[Substitution]:
    """Return the substitutions for a word; none if no word is similar and it is the only one."""
    forms = _other_forms(typed, vocabulary)
    if vocabulary is None:
        return [Substitution(typed, typed), *forms]
    known = vocabulary.begins_one(typed)
    # Whom an unfinished word may mean is left out below, where the words typed find somebody.
    unfinished = typed == together[-1] and not known and not found_some
    nearest = vocabulary.nearest(typed, alone=len(together) == 1, being_typed=unfinished)
    near = [
        Substitution(typed, one.word, one.cost)
        for one in nearest
        if not one.word.startswith(typed) and (one.cost <= _NEAR_ENOUGH or not found_some)
    ]
    ways = sorted([*forms, *near], key=lambda way: way.cost)[:_WAYS_OF_ONE]
    if known or found_some or not is_spelled(typed):  # a number may stand in a mail address
        ways.insert(0, Substitution(typed, typed))
    if len(together) > 1 and not found_some:
        left_out = _LEFT_OUT_SHORT if len(typed) < SHORTEST else _LEFT_OUT
        ways.insert(0, Substitution(typed, "", left_out + (_THOUGH_KNOWN if known else 0.0)))
    return ways


def _other_forms(typed: str, vocabulary: Vocabulary | None) -> list[Substitution]:
    across = other_forms(typed)
    return [
        Substitution(typed, form, _OTHER_FORM + 0.01 * place, is_other_form=True)
        for place, form in enumerate(across)
        if not form.startswith(typed) and (vocabulary is None or vocabulary.holds(form))
    ]
