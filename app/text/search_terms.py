"""The terms of a search: what was typed, as conditions that every store tests in the same way.

A word of an employee is plain, or it has a mark in front: LOW_RANK if it is of the text about them,
PHONE if it is of a phone number (see phone_search). No word that is typed begins with a mark, and
marks sort after every word.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from app.text.folding import fold, one_line
from app.text.phone_search import RUN, PhoneForms, forms_of
from app.text.search_marks import BADGE, LOW_RANK, MARKS
from app.text.stop_words import without_stop_words
from app.text.tokens import cut, split, split_scripts

WORD_BYTES = 64


class Term(NamedTuple):
    """One condition of a search, met in one of several ways; the earlier ones rank higher.

    Each of ``words`` begins a word of the employee, the first of them deciding the position; or
    the employee has one of ``badges``; or a phone word begins with ``phone`` and, if there are
    ``phone_forms``, one begins with one of these.
    """

    text: str
    words: tuple[str, ...]
    badges: tuple[str, ...] = ()
    phone: str = ""
    phone_forms: tuple[str, ...] = ()


class Typed(NamedTuple):
    """What was typed, as texts of terms, and those of them to search for."""

    words: Sequence[str] = ()
    searched: Sequence[str] = ()


def typed_terms(text: str) -> Typed:
    """Return what was typed: words, and runs of digits with their spaces.

    Of an email address only the part before the @ is a word. Small words of a question are not
    searched for where other words are typed.
    """
    texts: list[str] = []
    telling: list[str] = []
    between: list[str] = []
    for token in (*fold(one_line(text)).split(" "), "@"):
        if "@" not in token:
            between.append(token)
            continue
        words = [cut(word, WORD_BYTES) for word in _terms_between(" ".join(between))]
        of_address = [cut(word, WORD_BYTES) for word in split_scripts(_before_at(token))]
        texts += words + of_address
        telling += without_stop_words(words) + of_address
        between = []
    return Typed(texts, telling or texts)


def _before_at(token: str) -> str:
    name, _, domain = token.partition("@")
    return name.removeprefix("<").removeprefix("mailto:") or domain


def _terms_between(text: str) -> Iterator[str]:
    """Yield the words of a text without email addresses, and its runs of digits."""
    at = 0
    for run in RUN.finditer(text):
        yield from _words_of(text[at : run.start()])
        yield run[0].strip()
        at = run.end()
    yield from _words_of(text[at:])


def _words_of(text: str) -> Iterator[str]:
    for token in text.split(" "):
        yield from split_scripts(token)


def term_of(text: str) -> Term:
    """Return the term of one of ``typed_terms``."""
    if text.isalpha():  # nearly every word
        return Term(text, (text,))
    words = dict.fromkeys(word for token in text.split(" ") for word in split(token))
    forms = forms_of(text) if RUN.fullmatch(text) else PhoneForms("")
    return Term(text, longest_first(words) or (text,), (), *forms)


def longest_first(words: Iterable[str]) -> tuple[str, ...]:
    """Return the distinct words, longest first, without those that begin another."""
    distinct = set(words)
    ordered = sorted(distinct, key=lambda word: (-len(word), word))
    if len(ordered) == 1:
        return tuple(ordered)
    return tuple(
        word
        for word in ordered
        if not any(other != word and other.startswith(word) for other in distinct)
    )


def position(term: Term, words: Sequence[str], badges: Collection[str]) -> str | None:
    """Return where an employee with these words and badges stands in the order of a term.

    Returns None if they do not meet it. ``words`` are as in the index, sorted.
    """
    first, *others = term.words
    found = matched_word(words, first)
    if found is not None and all(matched_word(words, word) is not None for word in others):
        return found
    for badge in term.badges:
        if badge in badges:
            return BADGE + badge
    if term.phone and (
        not term.phone_forms or any(_first_with(words, form) for form in term.phone_forms)
    ):
        return _first_with(words, term.phone)
    return None


def matched_word(words: Sequence[str], prefix: str) -> str | None:
    """Return the smallest of the sorted words that begins with the prefix, without its mark."""
    return _first_with(words, prefix) or _first_with(words, LOW_RANK + prefix)


def _first_with(words: Sequence[str], prefix: str) -> str | None:
    at = bisect_left(words, prefix)
    return words[at] if at < len(words) and words[at].startswith(prefix) else None


def shared_lengths(words: Sequence[str]) -> list[int]:
    """Return for each sorted word how many characters an earlier one shares with its beginning.

    A mark is not counted. An employee is shown at this word for a prefix of more characters, and at
    an earlier one for others. The words of phone numbers have only each other before them.
    """
    lengths, previous = [], " "
    for word in words:
        if word[0] != previous[0]:
            lengths.append(0)
        elif word[1:2] != previous[1:2]:  # tested first, since most differ there
            lengths.append(1)
        else:
            lengths.append(_shared(previous, word))
        previous = word
    if words and words[-1][0] in MARKS:
        _correct_marked(words, lengths)
    return lengths


def _correct_marked(words: Sequence[str], lengths: list[int]) -> None:
    """Count no mark, and compare words of low rank with the plain ones too."""
    start = bisect_left(words, LOW_RANK)
    initials = {word[0] for word in words[:start]}
    for at in range(start, len(words)):
        length = max(0, lengths[at] - 1)
        bare = words[at][1:]
        if words[at][0] == LOW_RANK and bare[0] in initials:
            near = bisect_left(words, bare, 0, start)
            for other in words[max(0, near - 1) : min(start, near + 1)]:
                length = max(length, _shared(other, bare))
        lengths[at] = length


def _shared(first: str, second: str) -> int:
    if second.startswith(first):
        return len(first)
    for at, (one, other) in enumerate(zip(first, second, strict=False)):
        if one != other:
            return at
    return len(second)


def joined(words: Iterable[str], separator: str) -> str:
    """Return a text in which a separator and a prefix are found wherever a word begins so.

    A separator goes before the first word too. The mark of a word of low rank goes before the
    separator, so that the prefix is found in words of any rank.
    """
    text = f"{separator}{separator.join(words)}"
    return text.replace(f"{separator}{LOW_RANK}", f"{LOW_RANK}{separator}")


def separated(text: str, separator: str) -> list[str]:
    """Return the words in a text of ``joined``."""
    return text.replace(f"{LOW_RANK}{separator}", f"{separator}{LOW_RANK}").split(separator)
