r"""The index rows of one employee: pure functions from an Employee to keys, cards and hash.

At most 46 rows: one in the name view, one for each of at most 28 words (some have a mark in front,
see search_terms), one each for location, department, job title and start month, one for each of at
most 12 badges, one for the email address. One for an employee number takes the place of a word.

- ``at`` is ``<name key>\x1f<id key>``, in word views ``<word>\x1f<name key>\x1f<id key>``.
- ``c`` is the card, a JSON array.
- ``t`` holds the terms that filters test: ``|word|word|=aj|=lportland|``, so that the condition
  ``contains(t, "|po")`` is a prefix test, for words of any rank. Words contain neither ``|`` nor
  ``=``.
- ``v`` are the names of the fields that the employee hides, ``o`` the origins of words that the
  card does not tell (see word_origins); both are absent where they are empty.
- ``p``, in word views, is how many leading characters the word shares with an earlier word of the
  employee. A search for a prefix shows an employee once: at the row with ``p < len(prefix)``.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from app.contracts.cursors import SEPARATOR
from app.model.employee import Employee, card_of
from app.model.fields import FACETS, TEXT_FACETS
from app.model.search_words import search_words
from app.model.word_origins import origins_text
from app.storage.dynamodb.client.calls import Item
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.index.cards import pack_card
from app.text import search_keys, search_terms
from app.text.person_names import SortBy, sort_key
from app.text.search_marks import MARKS
from app.text.tokens import joined_words

# The version of rows and manifests: a release leaves what a newer release has written alone.
PROJECTION = 4
_PROJECTION_OF_MARKS = 3
_FIRST_PROJECTION = 1
# An employee without these has the rows of the first projection, to the byte, unless the name is
# not in order as it is written.
_LATER_PROJECTION_FIELDS = ("employee_number",)
NAME_VIEW = "name"
# How keys, terms and counters name each facet.
KINDS = {facet.name: facet.dynamodb_kind for facet in FACETS}
TEXT_KINDS = tuple(facet.dynamodb_kind for facet in TEXT_FACETS)
LETTER, _BADGE, _JOINED = KINDS["letter"], KINDS["badge"], KINDS["joined"]
_facet_texts_of = attrgetter(*(facet.name for facet in TEXT_FACETS))
_FACET_VIEWS = (f"{kind}#" for kind in KINDS.values() if kind != LETTER)
ROW_VIEWS = (NAME_VIEW, "w#", "e#", "n#", *_FACET_VIEWS)
_MAX_TOKEN_BYTES = 64

Key = tuple[str, str]


class Shape(NamedTuple):
    """The rows and counted facets of an employee, as a manifest stores them."""

    projection: int
    hash: str
    name_key: str
    words: tuple[str, ...]
    views: tuple[str, ...]
    counted_facets: tuple[str, ...]

    def keys(self, employee_id: str) -> set[Key]:
        """Return the primary keys of all rows."""
        sort_key = _sort_key(self.name_key, employee_id)
        keys = {(view, sort_key) for view in (NAME_VIEW, *self.views)}
        keys.update((word_view(word), f"{word}{SEPARATOR}{sort_key}") for word in self.words)
        return keys


@dataclass(frozen=True, slots=True)
class Projection:
    """The content of the index for one employee."""

    employee_id: str
    shape: Shape
    card: str
    terms: str
    hidden: str = ""
    origins: str = ""

    @property
    def hash(self) -> str:
        """Return the hash of all rows."""
        return self.shape.hash

    def items(self) -> dict[Key, Item]:
        """Return all rows by their primary keys."""
        sort_key = _sort_key(self.shape.name_key, self.employee_id)
        views = (NAME_VIEW, *self.shape.views)
        items = {(view, sort_key): self._item(view, sort_key) for view in views}
        words = self.shape.words
        for word, shared in zip(words, search_terms.shared_lengths(words), strict=True):
            key = (word_view(word), f"{word}{SEPARATOR}{sort_key}")
            items[key] = {**self._item(*key), "p": {"N": str(shared)}}
        return items

    def _item(self, view: str, at: str) -> Item:
        item = {**Tables.index_key(view, at), "c": {"S": self.card}, "t": {"S": self.terms}}
        if self.hidden:
            item["v"] = {"S": self.hidden}
        if self.origins:
            item["o"] = {"S": self.origins}
        return item


def project_rows(employee: Employee, sort_by: SortBy = SortBy.GIVEN) -> Projection:
    """Return the content that the index must have for this employee, in this order of names."""
    card = card_of(employee)
    name_key = sort_key(employee.full_name, employee.sort_as, sort_by)
    words = search_words(employee)
    texts = tuple(zip(TEXT_KINDS, _facet_texts_of(card), strict=True))
    hides_start = "start_date" in employee.hidden
    month = "" if hides_start else search_keys.month_of(employee.start_date)
    exact = [(_JOINED, month)] if month else []
    exact += [(_BADGE, key) for key in card.badges]
    tokens = [(kind, token) for kind, text in texts if (token := facet_token(text))] + exact
    letter = search_keys.letter_of(name_key)
    counted_facets = ["*", f"{LETTER}:{letter}"]
    counted_facets += [f"{kind}:{text}" for kind, text in texts if facet_token(text)]
    counted_facets += [f"{kind}:{value}" for kind, value in exact]
    terms = [
        *words,
        filter_term(LETTER, letter),
        *(filter_term(*token) for token in tokens),
    ]
    packed = pack_card(card)
    views = [f"{kind}#{token}" for kind, token in tokens]
    if address := search_keys.email_key(card.email):
        views.append(email_view(address))
    if number := search_keys.number_key(employee.employee_number):
        views.append(number_view(number))
    body = (name_key, words, tuple(views), tuple(counted_facets))
    seen = (" ".join(employee.hidden), origins_text(employee, words))
    projection = PROJECTION if any(seen) else _projection_of(employee, name_key, words)
    digest = _digest(projection, packed, (*body, *seen) if any(seen) else body)
    terms_text = f"{search_terms.joined(terms, '|')}|"
    return Projection(employee.id, Shape(projection, digest, *body), packed, terms_text, *seen)


def _projection_of(employee: Employee, name_key: str, words: tuple[str, ...]) -> int:
    """Return the oldest projection that has the rows of an employee, but for ``v`` and ``o``."""
    is_later = any(getattr(employee, name) for name in (*_LATER_PROJECTION_FIELDS, "generation"))
    is_later = is_later or name_key != search_keys.name_key(employee.full_name)
    is_later = is_later or bool(words and words[-1][0] in MARKS)
    is_later = is_later or bool(joined_words(employee.full_name))
    return _PROJECTION_OF_MARKS if is_later else _FIRST_PROJECTION


def word_view(word: str) -> str:
    """Return the view of the rows of a word: one for each first character, which may be a mark.

    The first release finds rows by this rule too, and has to remove them.
    """
    return f"w#{word[:1]}"


def email_view(email_key: str) -> str:
    """Return the view of the employees with this email key."""
    return f"e#{token_of(email_key)}"


def number_view(number_key: str) -> str:
    """Return the view of the employees with this employee number."""
    return f"n#{token_of(number_key)}"


@lru_cache(maxsize=4096)
def facet_token(text: str) -> str:
    """Return the part of a key for a location, title or department: its facet key, or a hash."""
    return token_of(search_keys.facet_key(text))


def token_of(key: str) -> str:
    """Return the key, or a hash: 200 characters can fold to several KB, and a key has at most 2."""
    raw = key.encode("utf-8", "surrogatepass")
    if len(raw) <= _MAX_TOKEN_BYTES and "|" not in key and not key.startswith("~"):
        return key
    return "~" + hashlib.blake2b(raw, digest_size=16).hexdigest()


def filter_term(kind: str, token: str) -> str:
    """Return the term of a facet in ``t``, which no word equals."""
    return f"={kind}{token}"


def id_key_of(at: str) -> str:
    """Return the id key at the end of a sort key."""
    return at.rpartition(SEPARATOR)[2]


def words_of_terms(terms: str) -> list[str]:
    """Return the words in ``t``, sorted."""
    return sorted(term for term in search_terms.separated(terms, "|") if term and term[0] != "=")


def badges_of_terms(terms: str) -> list[str]:
    """Return the keys of the badges in ``t``."""
    start = filter_term(_BADGE, "")
    return [term.removeprefix(start) for term in terms.split("|") if term.startswith(start)]


def badge_view(badge: str) -> str:
    """Return the view of the employees with a badge."""
    return f"{_BADGE}#{badge}"


def badge_term(badge: str) -> str:
    """Return the text in ``t`` of an employee with a badge."""
    return f"|{filter_term(_BADGE, badge)}|"


def _sort_key(name_key: str, employee_id: str) -> str:
    return f"{name_key}{SEPARATOR}{search_keys.id_sort_key(employee_id)}"


def _digest(projection: int, packed: str, body: tuple[object, ...]) -> str:
    raw = json.dumps((projection, packed, body)).encode()
    return hashlib.blake2b(raw, digest_size=12).hexdigest()
