"""The words under which an employee is found, of the fields that the table says are searched."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import chain, islice, zip_longest
from operator import attrgetter, call
from typing import Any

from app.model.employee import BADGES, Card
from app.model.facets import TEXT_FACETS
from app.model.field_types import Field, Searched
from app.model.fields import FIELDS
from app.model.kinds import Kind
from app.text.folding import fold, one_line
from app.text.phone_search import phone_words
from app.text.search_marks import LOW_RANK
from app.text.search_terms import WORD_BYTES
from app.text.stop_words import STOP_WORDS
from app.text.tokens import cut, is_spelled, joined_words, line_words, split, words_in, words_of

# Of an employee, in all: a row of the index each. Those of the name come first, then phone numbers,
# then the other fields; of the text about them at most MAX_LOW_RANK_WORDS fill the rest.
MAX_WORDS = 28
MAX_NAME_WORDS = 16
MAX_LOW_RANK_WORDS = 6
_MIN_LOW_RANK_WORD = 3
_MAX_LOW_RANK_TEXT = 2_000
_LOW_RANK_BYTES = WORD_BYTES - len(LOW_RANK.encode())
_ASCII_WORD = re.compile(f"[0-9a-z]{{{_MIN_LOW_RANK_WORD},}}")
# Of text without spaces: what is written in one script. A particle of Japanese ends a word.
_UNSPACED_WORD = re.compile(
    "[\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003fffd]+|[\u30a0-\u30ff]{2,}"
    "|[\uac00-\ud7a3]{2,}"
)
# A prefix of fewer letters names no badge.
_MIN_BADGE_PREFIX = 3

# Many employees share a job title, a department and a location; hardly two a name or an address.
shared_line_words = lru_cache(maxsize=4096)(line_words)
_SHARED = frozenset(facet.name for facet in TEXT_FACETS)
Splitter = Callable[[str], tuple[str, ...]]


def address_words(address: str) -> tuple[str, ...]:
    """Return the words of an email address: those before the @."""
    return line_words(address.partition("@")[0])


def _splitter_of(field: Field) -> Splitter:
    if field.kind is Kind.EMAIL:
        return address_words
    return shared_line_words if field.name in _SHARED else line_words


# The name first, then in the order of the table.
_SEARCHED = [field for field in FIELDS if field.searched in (Searched.FUZZY, Searched.EXACT)]
_SPLITTERS = [_splitter_of(field) for field in _SEARCHED]
_KINDS = [field.kind for field in _SEARCHED]
_texts_of = attrgetter(*(field.name for field in _SEARCHED))
_phones_of = attrgetter(*(field.name for field in FIELDS if field.searched is Searched.NUMBER))
(_LOW_RANK_FIELD,) = (field.name for field in FIELDS if field.searched is Searched.LAST)
_low_rank_text_of = attrgetter(_LOW_RANK_FIELD)
_ON_CARDS = [(field.name, _splitter_of(field)) for field in _SEARCHED if field.in_card]
# The fields whose words are suggested for similar ones.
FUZZY_FIELDS = tuple(field.name for field in _SEARCHED if field.searched is Searched.FUZZY)
_fuzzy_texts_of = attrgetter(*FUZZY_FIELDS)
_MIN_SPELLED, _MAX_SPELLED = 2, 32
_BADGE_WORDS = tuple(
    (badge.key, tuple(word for word in words_of(badge.label) if word not in STOP_WORDS))
    for badge in BADGES
)


def search_words(employee: Any) -> tuple[str, ...]:
    """Return the sorted search words of an employee: at most MAX_WORDS of WORD_BYTES each.

    One fewer beside an employee number, a last day and a manager, which have rows of their own. If
    there are more, the words of the name come first in order, then those of phone numbers, then
    those of every other field in turn, then the further forms of each word in turn, then the words
    of the text about them, which are of low rank. ``employee`` has the searched fields.
    """
    texts = _texts_of(employee)
    others = (employee.employee_number, employee.left_on, employee.manager)
    most = MAX_WORDS - sum(map(bool, others))
    found = dict.fromkeys(chain.from_iterable(map(call, _SPLITTERS, texts)))
    phones = phone_words(*_phones_of(employee))
    room = most - len(phones)
    if len(found) > room:
        found = dict.fromkeys(islice(_in_turn(texts), room))
    if 4 * max(map(len, found), default=0) > WORD_BYTES:  # as few people have one
        found = dict.fromkeys(cut(word, WORD_BYTES) for word in found)
    words = sorted(found)
    about = _low_rank_text_of(employee)
    if about and room > len(words):
        words += _low_rank_words(about, words)[: room - len(words)]
    return (*words, *phones)


def vocabulary_words(employee: Any) -> Iterator[str]:
    """Yield the words of an employee that the fuzzy search compares with a word typed."""
    for text in _fuzzy_texts_of(employee):
        yield from filter(is_vocabulary_word, line_words(text))


def is_vocabulary_word(word: str) -> bool:
    """Return whether a word can be misspelt: 2 to 32 letters, in a script with spaces."""
    return _MIN_SPELLED <= len(word) <= _MAX_SPELLED and is_spelled(word)


def words_on_card(card: Card) -> list[str]:
    """Return the sorted words under which an employee is found, as far as the card has them."""
    words = {word for name, split in _ON_CARDS for word in split(getattr(card, name))}
    return [*sorted(words), *phone_words(card.phone)]


@lru_cache(maxsize=1024)
def badges_named(prefix: str) -> tuple[str, ...]:
    """Return the badges of whose label a word begins so; none for a prefix of few letters."""
    if len(prefix) < _MIN_BADGE_PREFIX:
        return ()
    return tuple(
        key for key, words in _BADGE_WORDS if any(word.startswith(prefix) for word in words)
    )


def _low_rank_words(text: str, plain: list[str]) -> list[str]:
    """Return the longest words of a text that begin none of the plain ones, with their mark."""
    kept: list[str] = []
    known = f" {' '.join(plain)}"
    for word in _telling_words(text):
        if f" {word}" not in known:
            known += f" {word}"
            kept.append(LOW_RANK + word)
            if len(kept) == MAX_LOW_RANK_WORDS:
                break
    kept.sort()
    return kept


@lru_cache(maxsize=512)
def _telling_words(text: str) -> tuple[str, ...]:
    """Return the distinct words of a text, longest first: long ones are seldom, and looked for."""
    folded = fold(text[:_MAX_LOW_RANK_TEXT])
    found = dict.fromkeys(
        _ASCII_WORD.findall(folded.replace("'", "")) if folded.isascii() else _words_in(folded)
    )
    words = [cut(word, _LOW_RANK_BYTES) for word in found if word not in STOP_WORDS]
    return tuple(sorted(words, key=_weight, reverse=True))


def _words_in(folded: str) -> Iterator[str]:
    for token in folded.split(" "):
        for word in split(token):
            if parts := _UNSPACED_WORD.findall(word):
                yield from parts
            elif len(word) >= _MIN_LOW_RANK_WORD:
                yield word


def _weight(word: str) -> int:
    return len(word) if word.isascii() else len(word.encode())


def _in_turn(texts: Iterable[str]) -> Iterator[str]:
    """Yield the words of an employee who has many, so that no field displaces all others."""
    name, *others = (
        _plain_and_more(one_line(text.partition("@")[0] if kind is Kind.EMAIL else text))
        for kind, text in zip(_KINDS, texts, strict=True)
    )
    yield from name[0][:MAX_NAME_WORDS]
    yield from _one_of_each(*(plain for plain, _ in others))
    yield from _one_of_each(*(more for _, more in (name, *others)))


def _plain_and_more(text: str) -> tuple[list[str], list[str]]:
    parts = [words_in(each) for each in text.split(" ")]
    plain = dict.fromkeys(word for words, _ in parts for word in words)
    more = dict.fromkeys(chain(joined_words(text), *(words for _, words in parts)))
    return list(plain), list(more)


def _one_of_each(*texts: Iterable[str]) -> Iterator[str]:
    """Yield the first of each, then the second of each, and so on."""
    return (word for row in zip_longest(*texts) for word in row if word is not None)
