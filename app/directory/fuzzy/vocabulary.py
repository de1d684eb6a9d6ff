"""The words of the directory in memory, to find those that are similar to a word typed.

100,000 words take about 8 MB. Only words with a likely first letter and about the same length are
compared, so that a lookup takes a millisecond for any number of words. Words with any other first
letter are found if everything else is equal.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from copy import copy
from typing import NamedTuple

from app.directory.fuzzy.similarity import cost, other_firsts, spellings
from app.directory.fuzzy.tuning import (
    MAX_CANDIDATES,
    MAX_COMPARED,
    MIN_ONE_MISTAKE,
    MIN_UNFINISHED_WORD,
    MIN_WORD,
    MIN_WORD_AMONG_OTHERS,
    UNFINISHED_WORD,
)


class Candidate(NamedTuple):
    """A similar word, or a beginning of words, with its cost."""

    cost: float
    word: str


class Vocabulary:
    """An immutable set of the words of names, job titles, departments and locations."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(set(words))
        self._by_first: dict[str, dict[int, list[str]]] = {}
        for word in self._words:
            self._by_first.setdefault(word[:1], {}).setdefault(len(word), []).append(word)

    def plus(self, words: Iterable[str]) -> Vocabulary:
        """Return a vocabulary with more words, which shares what is the same with this one."""
        new = {word for word in words if not self.holds(word)}
        if not new:
            return self
        other = copy(self)
        other._words = list(self._words)
        other._by_first = dict(self._by_first)
        for word in new:
            insort(other._words, word)
            by_length = dict(other._by_first.get(word[:1], {}))
            by_length[len(word)] = [*by_length.get(len(word), ()), word]
            other._by_first[word[:1]] = by_length
        return other

    def __len__(self) -> int:
        return len(self._words)

    def holds(self, word: str) -> bool:
        """Return whether the vocabulary has this word."""
        at = bisect_left(self._words, word)
        return at < len(self._words) and self._words[at] == word

    def begins_one(self, beginning: str) -> bool:
        """Return whether it begins a word, so that a search for it may match."""
        at = bisect_left(self._words, beginning)
        return at < len(self._words) and self._words[at].startswith(beginning)

    def nearest(
        self, typed: str, *, alone: bool = True, being_typed: bool = False
    ) -> list[Candidate]:
        """Return the words similar to a word typed alone or with others, most similar first.

        If it is ``being_typed`` and no word is very similar, beginnings of words are returned too.
        """
        if len(typed) < MIN_WORD:
            return []
        distances = dict.fromkeys(self._with_another_first(typed), 1)
        for spelled in spellings(typed):
            max_distance = 2 if len(spelled) >= MIN_ONE_MISTAKE else 1
            distances.update(_compare(spelled, self._alike(spelled, alone=alone), max_distance))
        candidates = [
            Candidate(word_cost, word)
            for word, letters in distances.items()
            if word != typed and (word_cost := cost(typed, word, letters, alone=alone)) is not None
        ]
        if (
            being_typed
            and len(typed) >= MIN_UNFINISHED_WORD
            and all(candidate.cost > 1 for candidate in candidates)
        ):
            candidates += self._beginnings(typed)
        return sorted(candidates)[:MAX_CANDIDATES]

    def _alike(self, typed: str, *, alone: bool) -> list[str]:
        """Return words of about this length with this first letter or one often typed for it."""
        words: list[str] = []
        shortest = MIN_WORD if alone else MIN_WORD_AMONG_OTHERS
        lengths = [len(typed) + more for more in (0, 1, -1, 2, -2) if len(typed) + more >= shortest]
        for first in dict.fromkeys(typed[0] + other_firsts(typed)):
            by_length = self._by_first.get(first, {})
            for length in lengths:
                words += by_length.get(length, ())
            if len(words) >= MAX_COMPARED:
                break
        return words[:MAX_COMPARED]

    def _with_another_first(self, typed: str) -> Iterator[str]:
        """Yield the words that differ only in the first letter: changed, added or missing."""
        rest = typed[1:]
        yield from filter(self.holds, (rest,) if len(rest) >= MIN_ONE_MISTAKE else ())
        for first, by_length in self._by_first.items():
            if first.isascii() == typed.isascii():
                for word in (first + rest, first + typed):
                    if len(word) >= MIN_ONE_MISTAKE and len(word) in by_length and self.holds(word):
                        yield word

    def _beginnings(self, typed: str) -> Iterator[Candidate]:
        """Yield beginnings of words that differ in one letter, which is not the first."""
        for beginning in dict.fromkeys(self._one_letter_away(typed)):
            longer = beginning.startswith(typed) or typed.startswith(beginning)
            if not longer and self.begins_one(beginning):
                yield Candidate(1 + UNFINISHED_WORD, beginning)

    def _one_letter_away(self, typed: str) -> Iterator[str]:
        """Yield the text with one letter removed, swapped, changed or inserted.

        Stops where no word begins with the letters before the change.
        """
        letters = [first for first in self._by_first if first.isascii() == typed.isascii()]
        for at in range(1, len(typed)):
            before, after = typed[:at], typed[at + 1 :]
            if not self.begins_one(before):
                return
            yield before + after
            if after:
                yield before + after[0] + typed[at] + after[1:]
            for begun in (before + letter for letter in letters):
                if self.begins_one(begun):
                    yield begun + after
                    yield begun + typed[at:]


def _compare(typed: str, words: list[str], max_distance: int) -> Iterator[tuple[str, int]]:
    """Yield words and their distance to the one typed (optimal string alignment)."""
    # Imported here, because few processes need it.
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    for word, distance, _ in process.extract(
        typed, words, scorer=OSA.distance, score_cutoff=max_distance, limit=8 * MAX_CANDIDATES
    ):
        yield word, int(distance)
