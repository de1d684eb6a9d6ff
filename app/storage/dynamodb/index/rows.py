"""The rows of one employee in the index: pure functions from an Employee to keys, cards and hash.

At most 46 rows: one in the name view, one for each of at most 28 words, one each for location,
department, title and month of joining, one for each of at most 12 badges, one for the mail address.

- ``at`` is ``<name key>\\x1f<tie>``, in word views ``<word>\\x1f<name key>\\x1f<tie>``.
- ``c`` is the card, a JSON array.
- ``t`` holds what filters ask for: ``|word|word|=aj|=lportland|``, so that ``contains(t, "|po")``
  is a prefix test on the server. Words hold neither ``|`` nor ``=``.
- ``p``, in word views, is how many characters the word shares with the person's word before it. A
  person is shown once for a prefix: at the row where ``p`` is less than the length of the prefix.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import orjson

from app.contracts.cursors import SEPARATOR
from app.model.employee import BADGE_KEYS, Card, Employee, card_of
from app.storage.dynamodb.client.calls import Item
from app.storage.dynamodb.client.tables import PHOTO_PREFIX, Tables
from app.text import search_keys

# Raised whenever what a row or manifest holds changes, so that releases side by side do not fight.
PROJECTION = 1
NAME_VIEW = "name"
ROW_VIEWS = (NAME_VIEW, "w#", "l#", "d#", "t#", "j#", "b#", "e#")
_TOKEN_BYTES = 64
_BADGE_BIT = {key: 1 << place for place, key in enumerate(BADGE_KEYS)}

Key = tuple[str, str]


class Shape(NamedTuple):
    """Which rows an employee has and under what they are counted; this is what a manifest packs."""

    projection: int
    hash: str
    name_key: str
    words: tuple[str, ...]
    views: tuple[str, ...]
    counted_facets: tuple[str, ...]

    def keys(self, employee_id: str) -> set[Key]:
        """The keys of all rows."""
        place = _place(self.name_key, employee_id)
        keys = {(view, place) for view in (NAME_VIEW, *self.views)}
        keys.update((word_view(word), f"{word}{SEPARATOR}{place}") for word in self.words)
        return keys


@dataclass(frozen=True, slots=True)
class Projection:
    """All that the index holds of one employee."""

    employee_id: str
    shape: Shape
    card: str
    terms: str

    @property
    def hash(self) -> str:
        return self.shape.hash

    def items(self) -> dict[Key, Item]:
        """Every row, by its key."""
        place = _place(self.shape.name_key, self.employee_id)
        items = {(view, place): self._item(view, place) for view in (NAME_VIEW, *self.shape.views)}
        before = ""
        for word in self.shape.words:
            key = (word_view(word), f"{word}{SEPARATOR}{place}")
            items[key] = {**self._item(*key), "p": {"N": str(_shared(before, word))}}
            before = word
        return items

    def _item(self, view: str, at: str) -> Item:
        return {**Tables.index_key(view, at), "c": {"S": self.card}, "t": {"S": self.terms}}


def project_rows(employee: Employee) -> Projection:
    """What the index must hold of this employee."""
    card = card_of(employee)
    name_key = search_keys.name_key(employee.full_name)
    words = search_keys.search_words(employee)
    places = (("l", card.location), ("d", card.department), ("t", card.job_title))
    month = search_keys.month_of(employee.start_date)
    exact = [("j", month)] if month else []
    exact += [("b", key) for key in card.badges]
    tokens = [(kind, token) for kind, text in places if (token := facet_token(text))] + exact
    letter = search_keys.letter_of(name_key)
    counted_facets = ["*", f"a:{letter}"]
    counted_facets += [f"{kind}:{text}" for kind, text in places if facet_token(text)]
    counted_facets += [f"{kind}:{value}" for kind, value in exact]
    marks = [*words, filter_term("a", letter), *(filter_term(*token) for token in tokens)]
    packed = _pack_card(card)
    views = [f"{kind}#{token}" for kind, token in tokens]
    if address := search_keys.email_key(card.email):
        views.append(mail_view(address))
    body = (name_key, words, tuple(views), tuple(counted_facets))
    shape = Shape(PROJECTION, _digest(packed, body), *body)
    return Projection(employee.id, shape, packed, f"|{'|'.join(marks)}|")


def word_view(word: str) -> str:
    """The view where a word's rows are: one for each first character."""
    return f"w#{word[:1]}"


def mail_view(email_key: str) -> str:
    """The view of everyone who has this mail address."""
    return f"e#{token_of(email_key)}"


@lru_cache(maxsize=4096)
def facet_token(text: str) -> str:
    """What a place, title or department is called in keys: its facet key, or a hash of it."""
    return token_of(search_keys.facet_key(text))


def token_of(key: str) -> str:
    """The key, or a hash: 200 characters can fold to several kilobytes, and a key holds 2."""
    raw = key.encode("utf-8", "surrogatepass")
    if len(raw) <= _TOKEN_BYTES and "|" not in key and not key.startswith("~"):
        return key
    return "~" + hashlib.blake2b(raw, digest_size=16).hexdigest()


def filter_term(kind: str, token: str) -> str:
    """How ``t`` names a facet; no word can look like it."""
    return f"={kind}{token}"


def read_card(packed: str) -> Card:
    """The card in a row."""
    values = orjson.loads(packed)
    values[7] = _badges_in(values[7])
    if values[8]:
        values[8] = PHOTO_PREFIX + values[8]
    return Card._make(values)


def id_in_card(packed: str) -> str:
    """Whose row it is."""
    employee_id: str = orjson.loads(packed)[0]
    return employee_id


def words_in_terms(marks: str) -> list[str]:
    """The words in ``t``."""
    return [mark for mark in marks.split("|") if mark and mark[0] != "="]


def _place(name_key: str, employee_id: str) -> str:
    return f"{name_key}{SEPARATOR}{search_keys.id_sort_key(employee_id)}"


def _shared(one: str, other: str) -> int:
    """How many characters two words begin with alike."""
    for at, (mark, its) in enumerate(zip(one, other, strict=False)):
        if mark != its:
            return at
    return min(len(one), len(other))


def _pack_card(card: Card) -> str:
    bits = sum(_BADGE_BIT[key] for key in card.badges)
    photo = card.photo_key.removeprefix(PHOTO_PREFIX)
    values = (*card[:7], bits, photo)
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=4096)
def _badges_in(bits: int) -> tuple[str, ...]:
    return tuple(key for key, bit in _BADGE_BIT.items() if bits & bit)


def _digest(packed: str, body: tuple[object, ...]) -> str:
    raw = json.dumps((PROJECTION, packed, body)).encode()
    return hashlib.blake2b(raw, digest_size=12).hexdigest()
