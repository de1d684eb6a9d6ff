"""Sort keys and search words: the normalisation that all stores share.

Search ignores case, accents and width. A name sorts by its folded words; a name that does not begin
with a Latin letter sorts after z, under "other".
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice, zip_longest
from typing import Protocol

from app.text.folding import fold, one_line
from app.text.tokens import cut, is_plain, line_words, split, words_in

NAME_KEY_BYTES = 160
WORD_BYTES = 64
MAX_WORDS = 28
MAX_NAME_WORDS = 16
OTHER_LETTERS = "other"
LETTERS = (*"abcdefghijklmnopqrstuvwxyz", OTHER_LETTERS)
# Sorts after "z" and before nothing that a folded name can begin with once the mark is set.
_OTHER_MARK = "{"

_DATE = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", re.ASCII)


class Searchable(Protocol):
    """The fields of an employee that search reads."""

    @property
    def full_name(self) -> str: ...
    @property
    def preferred_name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def job_title(self) -> str: ...
    @property
    def department(self) -> str: ...
    @property
    def location(self) -> str: ...


def facet_key(text: str) -> str:
    """Return the key that is equal for all spellings of a location, job title or department."""
    return fold(one_line(text))


def email_key(address: str) -> str:
    """Return the key that is equal for all spellings of an email address; "" if there is none."""
    return unicodedata.normalize("NFC", one_line(address).casefold())


def month_of(date: str) -> str:
    """Return the month of a date: ``2026-03`` for ``2026-03-14``; "" for anything else."""
    return date[:7] if _DATE.fullmatch(date) else ""


def is_month(text: str) -> bool:
    """Return whether a text is a month as ``month_of`` writes it: ``2026-03``."""
    return month_of(f"{text}-01") == text != ""


def merge_spellings(counts: Mapping[str, int]) -> dict[str, int]:
    """Merge counts by spelling into counts by facet, under the most frequent spelling."""
    by_key: dict[str, Counter[str]] = {}
    for spelling, count in counts.items():
        if count > 0:
            by_key.setdefault(facet_key(spelling), Counter())[spelling] += count
    merged = {}
    for spellings in by_key.values():
        label = min(spellings, key=lambda spelling: (-spellings[spelling], spelling))
        merged[label] = spellings.total()
    return dict(sorted(merged.items(), key=lambda item: (facet_key(item[0]), item[0])))


# Many people share a title, a department and a place; hardly two a name or an address.
_shared_line_words = lru_cache(maxsize=4096)(line_words)


def search_words(person: Searchable) -> tuple[str, ...]:
    """Return the sorted search words of an employee: at most MAX_WORDS of WORD_BYTES each.

    If there are more, the words of the name come first in order, then those of every other field
    in turn, then the further forms of each word in turn.
    """
    found = dict.fromkeys(
        (
            *line_words(person.full_name),
            *line_words(person.preferred_name),
            *line_words(person.email.partition("@")[0]),
            *_shared_line_words(person.job_title),
            *_shared_line_words(person.department),
            *_shared_line_words(person.location),
        )
    )
    if len(found) > MAX_WORDS:
        found = dict.fromkeys(_in_turn(person))
    if 4 * max(map(len, found), default=0) > WORD_BYTES:  # as few people have one
        found = dict.fromkeys(cut(word, WORD_BYTES) for word in found)
    return tuple(sorted(islice(found, MAX_WORDS)))


def _in_turn(person: Searchable) -> Iterator[str]:
    """Yield the words of an employee who has many, so that no field displaces all others."""
    name, preferred, mail_name, *others = (
        _plain_and_more(one_line(text))
        for text in (
            person.full_name,
            person.preferred_name,
            person.email.partition("@")[0],
            person.job_title,
            person.department,
            person.location,
        )
    )
    yield from name[0][:MAX_NAME_WORDS]
    yield from _one_of_each(preferred[0], *(plain for plain, _ in others), mail_name[0])
    yield from _one_of_each(*(more for _, more in (name, preferred, *others, mail_name)))


def _plain_and_more(text: str) -> tuple[list[str], list[str]]:
    parts = [words_in(each) for each in text.split(" ")]
    plain = dict.fromkeys(word for words, _ in parts for word in words)
    more = dict.fromkeys(word for _, words in parts for word in words)
    return list(plain), list(more)


def _one_of_each(*texts: Iterable[str]) -> Iterator[str]:
    """Yield the first of each, then the second of each, and so on."""
    return (word for row in zip_longest(*texts) for word in row if word is not None)


def typed_words(text: str) -> list[str]:
    """Return the words typed in order; of an email address only the part before the @."""
    tokens = map(_before_at, fold(one_line(text)).split(" "))
    return [cut(word, WORD_BYTES) for token in tokens for word in split(token)]


def _before_at(token: str) -> str:
    name, at, domain = token.partition("@")
    return name.removeprefix("<").removeprefix("mailto:") or domain if at else token


def query_words(typed: Iterable[str]) -> tuple[str, ...]:
    """Return the typed words to search for, longest first; each must begin a word of the employee.

    A word that begins another is dropped: the longer one implies it. The first word decides the
    order of the results.
    """
    distinct = set(typed)
    words = [
        word
        for word in distinct
        if not any(other != word and other.startswith(word) for other in distinct)
    ]
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def name_key(full_name: str) -> str:
    """Return the sort key of a name: at most NAME_KEY_BYTES, compared as UTF-8 bytes."""
    key = fold(one_line(full_name))
    if not is_plain(key):
        key = " ".join(word for token in key.split(" ") for word in split(token))
    if not key[:1].isascii() or not key[:1].isalpha():
        key = _OTHER_MARK + key
    return cut(key, NAME_KEY_BYTES)


def letter_of(key: str) -> str:
    """Return the letter of a name key: ``a`` to ``z``, or ``other``."""
    return key[:1] if "a" <= key[:1] <= "z" else OTHER_LETTERS


def id_sort_key(employee_id: str) -> str:
    """Return the key that orders equal names: the id, or its hash if longer than 64 bytes."""
    raw = employee_id.encode("utf-8", "surrogatepass")
    if len(raw) <= 64 and employee_id.isprintable():
        return employee_id
    return "~" + hashlib.blake2b(raw, digest_size=16).hexdigest()


def matched_word(words: Iterable[str], prefix: str) -> str | None:
    """Return the smallest word that begins with the prefix: the employee's position in results."""
    return min((word for word in words if word.startswith(prefix)), default=None)
