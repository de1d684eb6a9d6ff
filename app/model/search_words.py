"""The words under which an employee is found, of the fields that the table says are searched."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import chain, islice, zip_longest
from operator import attrgetter, call
from typing import Any

from app.model.employee import Card
from app.model.field_types import Field, Searched
from app.model.fields import FIELDS, TEXT_FACETS
from app.model.kinds import Kind
from app.text.folding import one_line
from app.text.search_keys import WORD_BYTES
from app.text.tokens import cut, line_words, words_in

MAX_WORDS = 28
MAX_NAME_WORDS = 16

# Many employees share a job title, a department and a location; hardly two a name or an address.
_shared_line_words = lru_cache(maxsize=4096)(line_words)
_SHARED = frozenset(facet.name for facet in TEXT_FACETS)
Splitter = Callable[[str], tuple[str, ...]]


def _address_words(address: str) -> tuple[str, ...]:
    return line_words(address.partition("@")[0])


def _splitter_of(field: Field) -> Splitter:
    if field.kind is Kind.EMAIL:
        return _address_words
    return _shared_line_words if field.name in _SHARED else line_words


# The name first, then in the order of the table.
_SEARCHED = [field for field in FIELDS if field.searched is not Searched.NO]
_SPLITTERS = [_splitter_of(field) for field in _SEARCHED]
_KINDS = [field.kind for field in _SEARCHED]
_texts_of = attrgetter(*(field.name for field in _SEARCHED))
_ON_CARDS = [(field.name, _splitter_of(field)) for field in _SEARCHED if field.in_card]
# The fields whose words are suggested for similar ones.
FUZZY_FIELDS = tuple(field.name for field in _SEARCHED if field.searched is Searched.FUZZY)


def search_words(employee: Any) -> tuple[str, ...]:
    """Return the sorted search words of an employee: at most MAX_WORDS of WORD_BYTES each.

    One fewer beside an employee number, which has a row of its own. If there are more, the words
    of the name come first in order, then those of every other field in turn, then the further forms
    of each word in turn. ``employee`` has the searched fields.
    """
    texts = _texts_of(employee)
    most = MAX_WORDS - 1 if employee.employee_number else MAX_WORDS
    found = dict.fromkeys(chain.from_iterable(map(call, _SPLITTERS, texts)))
    if len(found) > most:
        found = dict.fromkeys(_in_turn(texts))
    if 4 * max(map(len, found), default=0) > WORD_BYTES:  # as few people have one
        found = dict.fromkeys(cut(word, WORD_BYTES) for word in found)
    return tuple(sorted(islice(found, most)))


def words_on_card(card: Card) -> set[str]:
    """Return the words under which an employee is found, as far as the card has them."""
    return {word for name, split in _ON_CARDS for word in split(getattr(card, name))}


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
    more = dict.fromkeys(word for _, words in parts for word in words)
    return list(plain), list(more)


def _one_of_each(*texts: Iterable[str]) -> Iterator[str]:
    """Yield the first of each, then the second of each, and so on."""
    return (word for row in zip_longest(*texts) for word in row if word is not None)
