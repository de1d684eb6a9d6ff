"""Rewrite a search: the most likely other searches that may have been meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, product

from app.directory.fuzzy.nicknames import other_forms
from app.directory.fuzzy.tuning import (
    MAX_COMBINATIONS,
    MAX_COST,
    MAX_COST_BEHIND_FIRST,
    MAX_COST_OF_MORE,
    MAX_PARTIAL,
    MAX_REWRITES,
    MAX_SEARCHES,
    MAX_SUBSTITUTIONS,
    MAX_WORDS,
    MIN_KEPT_PERCENT,
    MIN_WORD,
    NEXT_NICKNAME,
    NICKNAME,
    OMITTED_KNOWN_WORD,
    OMITTED_SHORT_WORD,
    OMITTED_WORD,
)
from app.directory.fuzzy.vocabulary import Vocabulary
from app.text.tokens import is_spelled


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
        return 100 * kept >= MIN_KEPT_PERCENT * sum(len(way.typed) for way in self.ways)

    @property
    def changed(self) -> tuple[Substitution, ...]:
        """Return the words that differ from what was typed."""
        return tuple(way for way in self.ways if way.word != way.typed)


def rewrites(
    typed: Sequence[str], vocabulary: Vocabulary | None, *, found_some: bool
) -> list[Rewrite]:
    """Return at most MAX_SEARCHES other searches, without those much less likely than the first.

    Searches that omit a word come last, at most MAX_PARTIAL, for the case that no other matches.
    """
    if not 0 < len(typed) <= MAX_WORDS:
        return []
    ways = [_ways(word, typed, vocabulary, found_some=found_some) for word in typed]
    while _number(ways) > MAX_COMBINATIONS:
        max(ways, key=len).pop()
    likely = sorted(
        (each for each in map(Rewrite, product(*ways)) if each.changed and each.cost <= MAX_COST),
        key=lambda guess: (guess.cost, guess.words),
    )
    whole = [each for each in likely if not each.left_out][:MAX_REWRITES]
    whole = [each for each in whole if each.cost <= whole[0].cost + MAX_COST_BEHIND_FIRST]
    parts: dict[tuple[str, ...], Rewrite] = {}
    for each in likely:
        if each.left_out and each.keeps_enough:
            parts.setdefault(each.left_out, each)
    return [*whole, *islice(parts.values(), min(MAX_PARTIAL, MAX_SEARCHES - len(whole)))]


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
        if not one.word.startswith(typed) and (one.cost <= MAX_COST_OF_MORE or not found_some)
    ]
    ways = sorted([*forms, *near], key=lambda way: way.cost)[:MAX_SUBSTITUTIONS]
    if known or found_some or not is_spelled(typed):  # a number may stand in a mail address
        ways.insert(0, Substitution(typed, typed))
    if len(together) > 1 and not found_some:
        left_out = OMITTED_SHORT_WORD if len(typed) < MIN_WORD else OMITTED_WORD
        ways.insert(0, Substitution(typed, "", left_out + (OMITTED_KNOWN_WORD if known else 0.0)))
    return ways


def _other_forms(typed: str, vocabulary: Vocabulary | None) -> list[Substitution]:
    across = other_forms(typed)
    return [
        Substitution(typed, form, NICKNAME + NEXT_NICKNAME * place, is_other_form=True)
        for place, form in enumerate(across)
        if not form.startswith(typed) and (vocabulary is None or vocabulary.holds(form))
    ]
