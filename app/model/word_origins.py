"""The origins of search words: which fields a word comes from, and so who finds an employee by it.

A word of a name, a job title, a department or a location is *open*: everybody finds an employee by
it. Of every other word the origins are the fields that have it, and whoever may see none of them
does not. The card of a list tells nearly all origins; a store keeps beside the words what it does
not tell, as a text that ``origins_text`` writes. What is not known counts as concealed.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any

from app.model.employee import Card
from app.model.field_types import Searched
from app.model.fields import FIELDS
from app.model.search_words import address_words, shared_line_words
from app.text.phone_search import phone_words
from app.text.search_marks import LOW_RANK, PHONE
from app.text.search_terms import WORD_BYTES
from app.text.tokens import cut, line_words

Origins = frozenset[str]
OPEN: Origins = frozenset()

_OPEN_FIELDS = [field for field in FIELDS if field.searched is Searched.FUZZY]
_OPEN_IN_CARDS = [field.name for field in _OPEN_FIELDS if field.in_card]
_PLAIN_FIELDS = frozenset(field.name for field in FIELDS if field.searched is Searched.EXACT)
_NOT_IN_CARDS = [
    field.name
    for field in FIELDS
    if field.searched in (Searched.FUZZY, Searched.EXACT) and not field.in_card
]
PHONE_FIELDS = frozenset(field.name for field in FIELDS if field.searched is Searched.NUMBER)
(_LOW_RANK_FIELD,) = (field.name for field in FIELDS if field.searched is Searched.LAST)
# The fields by whose words somebody may not be found.
CONCEALABLE = _PLAIN_FIELDS | PHONE_FIELDS | {_LOW_RANK_FIELD}
# In texts of stored rows.
_LETTER_OF = {"email": "e", "employee_number": "n", "phone": "p", "mobile": "m"}
_FIELD_OF = {letter: name for name, letter in _LETTER_OF.items()}
_SEPARATOR = " "


def origins_text(employee: Any, words: Sequence[str]) -> str:
    """Return the origins that the card does not tell of these words: ``:bob n:e1234``."""
    told = _told_by_record_alone(employee)
    words = [word for word in words if word in told] if told else []
    if not words:
        return ""  # as for nearly everybody
    by_card, by_record = _origins_by_card(employee), _origins_by_record(employee)
    found = ((word, by_card(word), by_record(word)) for word in words)
    return _SEPARATOR.join(
        f"{''.join(sorted(_LETTER_OF[name] for name in origins))}:{word}"
        for word, assumed, origins in found
        if origins is not None and origins != assumed
    )


def _told_by_record_alone(employee: Any) -> set[str]:
    """Return the words whose origins the card might not tell: the others come from its fields."""
    words = {
        word
        for name in _NOT_IN_CARDS
        if (text := getattr(employee, name))
        for word in _cut_words(name, text)
    }
    if employee.phone and employee.mobile:
        words.update(phone_words(employee.mobile))
    return words


def visible_words(
    words: Iterable[str], card: Card, origins: str, concealed: Collection[str]
) -> list[str]:
    """Return the words by which somebody may find an employee, of whom ``concealed`` is not seen.

    ``origins`` is the text of ``origins_text``.
    """
    told = _parse(origins) if origins else {}
    assumed = _origins_by_card(card)

    def is_visible(word: str) -> bool:
        of_word = told[word] if word in told else assumed(word)
        if of_word is None:
            return concealed_fields.isdisjoint(_possible_fields(word))
        return not of_word or not of_word <= concealed_fields

    concealed_fields = frozenset(concealed)
    return [word for word in words if is_visible(word)]


def _possible_fields(word: str) -> Origins:
    return PHONE_FIELDS if word[0] == PHONE else _PLAIN_FIELDS


@lru_cache(maxsize=512)
def _parse(text: str) -> dict[str, Origins]:
    told = {}
    for part in text.split(_SEPARATOR):
        letters, colon, word = part.partition(":")
        if colon and all(letter in _FIELD_OF for letter in letters):
            told[word] = frozenset(_FIELD_OF[letter] for letter in letters)
    return told


def _origins_by_card(card: Any) -> Callable[[str], Origins | None]:
    """Return the function that returns the origins of a word as far as the card tells them."""

    def origins_of(word: str) -> Origins | None:
        if word[0] == LOW_RANK:
            return frozenset((_LOW_RANK_FIELD,))
        if word[0] == PHONE:
            return frozenset(("phone" if word in phone_words(card.phone) else "mobile",))
        if any(word in _cut_words(name, getattr(card, name)) for name in _OPEN_IN_CARDS):
            return OPEN
        return frozenset(("email",)) if word in _cut_words("email", card.email) else None

    return origins_of


def _origins_by_record(employee: Any) -> Callable[[str], Origins | None]:
    """Return the function that returns the origins of a word; None if no field has it."""

    def origins_of(word: str) -> Origins | None:
        if word[0] == LOW_RANK:
            return frozenset((_LOW_RANK_FIELD,))
        if word[0] == PHONE:
            return frozenset(
                name for name in PHONE_FIELDS if word in phone_words(getattr(employee, name))
            ) or None  # fmt: skip
        if any(
            word in _cut_words(each.name, getattr(employee, each.name)) for each in _OPEN_FIELDS
        ):
            return OPEN
        return frozenset(
            name for name in _PLAIN_FIELDS if word in _cut_words(name, getattr(employee, name))
        ) or None  # fmt: skip

    return origins_of


def _cut_words(name: str, text: str) -> tuple[str, ...]:
    """Return the words of a field as they are in the index."""
    if not text:
        return ()
    if name == "email":
        words = address_words(text)
    else:
        words = line_words(text) if name in _NAMES else shared_line_words(text)
    if 4 * max(map(len, words), default=0) <= WORD_BYTES:  # nearly always
        return words
    return tuple(cut(word, WORD_BYTES) for word in words)


_NAMES = frozenset(("full_name", "preferred_name", "employee_number"))
