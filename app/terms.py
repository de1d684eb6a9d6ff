"""Sort keys and search words: the one normalisation that every store uses.

Search ignores case, accents and width. A name sorts by its folded words; a person whose name begins
with no Latin letter sorts after z, under "other".
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

from app.folding import LINE_CHARACTERS, fold, one_line

NAME_KEY_BYTES = 160
WORD_BYTES = 64
MOST_WORDS = 28
MOST_NAME_WORDS = 16
OTHER_LETTERS = "other"
LETTERS = (*"abcdefghijklmnopqrstuvwxyz", OTHER_LETTERS)
# Sorts after "z" and before nothing that a folded name can begin with once the mark is set.
_OTHER_MARK = "{"

_APOSTROPHES = "'\u2018\u2019\u02bc\u02bb\u0060\u00b4\u2032\uff07"
_APOSTROPHE_MARKS = frozenset(_APOSTROPHES)
_ASCII_WORD = re.compile(r"[0-9a-zA-Z]+")
# Letters in lower case, spaces for all that separates them.
_ASCII_WORDS = bytes(
    ord(chr(code).lower()) if code < 128 and chr(code).isalnum() else ord(" ")
    for code in range(256)
)
_DATE = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", re.ASCII)
# Scripts written without spaces between the words, where any part of a name can be searched.
_UNSPACED = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0003fffd]"
)


class Searchable(Protocol):
    """The fields of an employee that search looks at."""

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
    """What makes two spellings of a place, title or department one: its fold, from one line."""
    return fold(one_line(text))


def email_key(address: str) -> str:
    """What makes two spellings of a mail address one; "" where there is none."""
    return unicodedata.normalize("NFC", one_line(address).casefold())


def month_of(date: str) -> str:
    """The month of a date written ``2026-03-14``, as ``2026-03``; "" for anything else."""
    return date[:7] if _DATE.fullmatch(date) else ""


def merge_spellings(counts: Mapping[str, int]) -> dict[str, int]:
    """Counts by spelling become counts by facet, each under its most frequent spelling."""
    by_key: dict[str, Counter[str]] = {}
    for spelling, count in counts.items():
        if count > 0:
            by_key.setdefault(facet_key(spelling), Counter())[spelling] += count
    merged = {}
    for spellings in by_key.values():
        label = min(spellings, key=lambda spelling: (-spellings[spelling], spelling))
        merged[label] = spellings.total()
    return dict(sorted(merged.items(), key=lambda item: (facet_key(item[0]), item[0])))


def _is_word_mark(mark: str) -> bool:
    return unicodedata.category(mark)[0] in "LNM" or unicodedata.category(mark) == "So"


def _is_plain(folded: str) -> bool:
    """Whether a folded text is nothing but ASCII words with spaces between."""
    return folded.isascii() and folded.replace(" ", "").isalnum()


def _is_ascii_token(text: str) -> bool:
    """Whether a text is ASCII without white space and apostrophes."""
    return (
        text.isascii()
        and text.isprintable()
        and " " not in text
        and "'" not in text
        and "`" not in text
    )


def _split(token: str) -> list[str]:
    """A token's words: apostrophes vanish, every other mark that is no letter separates."""
    if token.isalnum():  # nearly every token
        return [token]
    if token.isascii():
        return _ASCII_WORD.findall(token.replace("'", "").replace("`", ""))
    letters = "".join(
        mark if mark.isalnum() or _is_word_mark(mark) else " "
        for mark in token
        if mark not in _APOSTROPHES
    )
    return letters.split()


def _cut(text: str, most_bytes: int) -> str:
    """The text cut to so many bytes of UTF-8, at a character."""
    if 4 * len(text) <= most_bytes:  # as nearly every word is
        return text
    raw = text.encode("utf-8", "surrogatepass")
    return text if len(raw) <= most_bytes else raw[:most_bytes].decode("utf-8", "ignore")


def words_of(text: str) -> tuple[str, ...]:
    """Every word under which a text is found, the plain ones first."""
    plain: list[str] = []
    more: list[str] = []
    words_in = _known_words_in if len(text) <= LINE_CHARACTERS else _words_in
    for words, parts in map(words_in, text.split(" ")):
        plain += words
        more += parts
    return (*plain, *more)


def _words_in(text: str) -> tuple[list[str], list[str]]:
    """The plain words of a text, and the others under which it is found."""
    plain: list[str] = []
    more: list[str] = []
    for token in fold(text).split(" "):
        words = _split(token)
        plain += words
        if len(words) > 1:
            more.append("".join(words))
        if not _APOSTROPHE_MARKS.isdisjoint(token):
            pieces = re.split(f"[{re.escape(_APOSTROPHES)}]", token)
            more.extend(word for piece in pieces[1:] for word in _split(piece) if len(word) > 1)
        if not token.isascii():
            for word in words:
                more.extend(word[at:] for at in range(1, len(word)) if _UNSPACED.match(word[at]))
    return plain, more


_known_words_in = lru_cache(maxsize=2048)(_words_in)


def is_spelled(word: str) -> bool:
    """Whether a word is spelled by letters alone, in a script that has spaces between words."""
    return not _UNSPACED.search(word) and all(
        unicodedata.category(mark)[0] in "LM" for mark in word
    )


def written_words(text: str) -> Iterator[str]:
    """Each word of a text as it is written, with the apostrophes in it."""
    for token in one_line(text).split(" "):
        if token.isalnum():  # nearly every token
            yield token
            continue
        marks = (mark if _is_word_mark(mark) or mark in _APOSTROPHES else " " for mark in token)
        for word in "".join(marks).split():
            if written := word.strip(_APOSTROPHES):
                yield written


def line_words(text: str) -> tuple[str, ...]:
    """Every word under which a text is found, as far as it is shown on one line."""
    if len(text) <= LINE_CHARACTERS:
        if _is_plain(text):  # as half of all names are
            return tuple(text.lower().split())
        if _is_ascii_token(text):  # as nearly every mail address is
            words = text.encode().translate(_ASCII_WORDS).decode().split()
            return (*words, "".join(words)) if len(words) > 1 else tuple(words)
    return words_of(one_line(text))


# Many people share a title, a department and a place; hardly two a name or an address.
_shared_line_words = lru_cache(maxsize=4096)(line_words)


def search_words(person: Searchable) -> tuple[str, ...]:
    """The words under which a person is found, sorted: at most 28, each at most 64 bytes.

    When there are more, those of the name come first as they stand, then those of every other
    field in turn, then the further forms of each word in turn.
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
    if len(found) > MOST_WORDS:
        found = dict.fromkeys(_in_turn(person))
    if 4 * max(map(len, found), default=0) > WORD_BYTES:  # as few people have one
        found = dict.fromkeys(_cut(word, WORD_BYTES) for word in found)
    return tuple(sorted(islice(found, MOST_WORDS)))


def _in_turn(person: Searchable) -> Iterator[str]:
    """The words of a person who has many: no field takes the room of all others."""
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
    yield from name[0][:MOST_NAME_WORDS]
    yield from _one_of_each(preferred[0], *(plain for plain, _ in others), mail_name[0])
    yield from _one_of_each(*(more for _, more in (name, preferred, *others, mail_name)))


def _plain_and_more(text: str) -> tuple[list[str], list[str]]:
    parts = [_words_in(each) for each in text.split(" ")]
    plain = dict.fromkeys(word for words, _ in parts for word in words)
    more = dict.fromkeys(word for _, words in parts for word in words)
    return list(plain), list(more)


def _one_of_each(*texts: Iterable[str]) -> Iterator[str]:
    """The first of each, then the second of each, until all are through."""
    return (word for row in zip_longest(*texts) for word in row if word is not None)


def typed_words(text: str) -> list[str]:
    """Every word typed, in their order; of a mail address those before the @, as of a person's."""
    tokens = map(_before_at, fold(one_line(text)).split(" "))
    return [_cut(word, WORD_BYTES) for token in tokens for word in _split(token)]


def _before_at(token: str) -> str:
    name, at, domain = token.partition("@")
    return name.removeprefix("<").removeprefix("mailto:") or domain if at else token


def query_words(text: str) -> tuple[str, ...]:
    """The words typed, each of which must begin a word of the person; the longest first.

    Of two where one begins the other only the longer is asked for: it answers both. The first word
    of the answer decides the order of the results.
    """
    typed = set(typed_words(text))
    words = [
        word
        for word in typed
        if not any(other != word and other.startswith(word) for other in typed)
    ]
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def name_key(full_name: str) -> str:
    """Where a name stands in the list: at most 160 bytes; compared as UTF-8 bytes."""
    key = fold(one_line(full_name))
    if not _is_plain(key):
        key = " ".join(word for token in key.split(" ") for word in _split(token))
    if not key[:1].isascii() or not key[:1].isalpha():
        key = _OTHER_MARK + key
    return _cut(key, NAME_KEY_BYTES)


def letter_of(key: str) -> str:
    """The index tab of a name key: ``a`` to ``z``, or ``other``."""
    return key[:1] if "a" <= key[:1] <= "z" else OTHER_LETTERS


def tie_of(employee_id: str) -> str:
    """What orders people of the same name: the id, or its hash where it is longer than 64 bytes."""
    raw = employee_id.encode("utf-8", "surrogatepass")
    if len(raw) <= 64 and employee_id.isprintable():
        return employee_id
    return "~" + hashlib.blake2b(raw, digest_size=16).hexdigest()


def matched_word(words: Iterable[str], prefix: str) -> str | None:
    """The smallest of a person's words that begins with the prefix: where the person is shown."""
    return min((word for word in words if word.startswith(prefix)), default=None)
