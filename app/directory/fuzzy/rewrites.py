"""Rewrite a search: the most likely other searches that may have been meant."""

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
    OMITTED_SIMILAR_WORD,
    OMITTED_WORD,
)
from app.directory.fuzzy.vocabulary import Vocabulary
from app.text.tokens import is_spelled


@dataclass(frozen=True, slots=True)
class Substitution:
    """A replacement for one word typed; "" omits it. The unchanged word costs 0.

    ``is_needless`` says of an omission that somebody has the word or one like it.
    """

    typed: str
    word: str
    cost: float = 0.0
    is_other_form: bool = False
    is_needless: bool = False


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Another search: a substitution for each word typed, in order."""

    substitutions: tuple[Substitution, ...]

    @property
    def cost(self) -> float:
        """Return the distance from the search as typed."""
        return sum(substitution.cost for substitution in self.substitutions)

    @property
    def words(self) -> tuple[str, ...]:
        """Return the words to search for."""
        return tuple(substitution.word for substitution in self.substitutions if substitution.word)

    @property
    def left_out(self) -> tuple[str, ...]:
        """Return the words typed that are omitted."""
        return tuple(
            substitution.typed for substitution in self.substitutions if not substitution.word
        )

    @property
    def keeps_enough(self) -> bool:
        """Return whether at least 40 % of the letters typed are still searched for."""
        kept = sum(
            len(substitution.typed) for substitution in self.substitutions if substitution.word
        )
        return 100 * kept >= MIN_KEPT_PERCENT * sum(
            len(substitution.typed) for substitution in self.substitutions
        )

    @property
    def is_stretched(self) -> bool:
        """Return whether a nickname counts although a word that somebody has was omitted."""
        forms = any(substitution.is_other_form for substitution in self.substitutions)
        return forms and any(substitution.is_needless for substitution in self.substitutions)

    @property
    def changed(self) -> tuple[Substitution, ...]:
        """Return the words that differ from what was typed."""
        return tuple(
            substitution
            for substitution in self.substitutions
            if substitution.word != substitution.typed
        )


def rewrites(
    typed: Sequence[str], vocabulary: Vocabulary | None, *, found_some: bool
) -> list[Rewrite]:
    """Return at most MAX_SEARCHES other searches, without those much less likely than the first.

    Searches that omit a word come last, at most MAX_PARTIAL, for the case that no other matches.
    """
    if not 0 < len(typed) <= MAX_WORDS:
        return []
    substitutions = [
        _substitutions(word, typed, vocabulary, found_some=found_some) for word in typed
    ]
    while _count_combinations(substitutions) > MAX_COMBINATIONS:
        max(substitutions, key=len).pop()
    likely = sorted(
        (
            rewrite
            for rewrite in map(Rewrite, product(*substitutions))
            if rewrite.changed and rewrite.cost <= MAX_COST and not rewrite.is_stretched
        ),
        key=lambda rewrite: (rewrite.cost, rewrite.words),
    )
    complete = [rewrite for rewrite in likely if not rewrite.left_out][:MAX_REWRITES]
    complete = [
        rewrite for rewrite in complete if rewrite.cost <= complete[0].cost + MAX_COST_BEHIND_FIRST
    ]
    partial: dict[tuple[str, ...], Rewrite] = {}
    for rewrite in likely:
        if rewrite.left_out and rewrite.keeps_enough:
            partial.setdefault(rewrite.left_out, rewrite)
    return [*complete, *islice(partial.values(), min(MAX_PARTIAL, MAX_SEARCHES - len(complete)))]


def _count_combinations(substitutions: list[list[Substitution]]) -> int:
    number = 1
    for options in substitutions:
        number *= len(options)
    return number


def _substitutions(
    typed: str, all_typed: Sequence[str], vocabulary: Vocabulary | None, *, found_some: bool
) -> list[Substitution]:
    """Return the substitutions for a word; none if no word is similar and it is the only one."""
    forms = _nickname_substitutions(typed, vocabulary)
    if vocabulary is None:
        return [Substitution(typed, typed), *forms]
    is_known = vocabulary.begins_one(typed)
    # An unfinished word is only completed if the words typed match nobody.
    unfinished = typed == all_typed[-1] and not is_known and not found_some
    candidates = vocabulary.nearest(typed, alone=len(all_typed) == 1, being_typed=unfinished)
    similar = [
        Substitution(typed, candidate.word, candidate.cost)
        for candidate in candidates
        if not candidate.word.startswith(typed)
        and (candidate.cost <= MAX_COST_OF_MORE or not found_some)
    ]
    substitutions = sorted([*forms, *similar], key=lambda substitution: substitution.cost)[
        :MAX_SUBSTITUTIONS
    ]
    if is_known or found_some or not is_spelled(typed):  # an email address may have a number
        substitutions.insert(0, Substitution(typed, typed))
    if len(all_typed) > 1 and not found_some:
        substitutions.insert(0, _omission(typed, is_known=is_known, has_similar=bool(similar)))
    return substitutions


def _omission(typed: str, *, is_known: bool, has_similar: bool) -> Substitution:
    cost = OMITTED_SHORT_WORD if len(typed) < MIN_WORD else OMITTED_WORD
    if is_known:
        cost += OMITTED_KNOWN_WORD
    elif has_similar:
        cost += OMITTED_SIMILAR_WORD
    return Substitution(typed, "", cost, is_needless=is_known or has_similar)


def _nickname_substitutions(typed: str, vocabulary: Vocabulary | None) -> list[Substitution]:
    forms = other_forms(typed)
    return [
        Substitution(typed, form, NICKNAME + NEXT_NICKNAME * position, is_other_form=True)
        for position, form in enumerate(forms)
        if not form.startswith(typed) and (vocabulary is None or vocabulary.holds(form))
    ]
