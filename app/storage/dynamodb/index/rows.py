r"""The index rows of one employee: pure functions from an Employee to keys, cards and hash.

At most 46 rows: one in the name view, one for each of at most 28 words (some have a mark in front,
see search_terms), one each for location, department, job title and start month, one for each of at
most 12 badges, one for the email address. One for an employee number takes the place of a word, and
so do one in the view of the last day, which who is about to leave has, and one in the view of the
manager. Who has left has at most
three: in the view of leavers, for the email address, and for the employee number.

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
from operator import attrgetter
from typing import NamedTuple

from app.contracts.counts import LEFT
from app.contracts.cursors import SEPARATOR
from app.model import leaving
from app.model.employee import Card, Employee, card_of
from app.model.facets import TEXT_FACETS
from app.model.search_words import search_words
from app.model.word_origins import origins_text
from app.storage.dynamodb.client.calls import Item
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.index.cards import pack_card
from app.storage.dynamodb.index.views import (
    BADGE,
    JOINED,
    LEAVING,
    LEFT_VIEW,
    LETTER,
    MANAGER,
    NAME_VIEW,
    TEXT_KINDS,
    email_view,
    facet_token,
    filter_term,
    leaving_view,
    manager_token,
    number_view,
    word_view,
)
from app.text import search_keys, search_terms
from app.text.person_names import SortBy, sort_key
from app.text.search_marks import MARKS
from app.text.tokens import joined_words

# The version of rows and manifests: a release leaves what a newer release has written alone.
PROJECTION = 6  # of those who have a manager, and of nobody else
_PROJECTION_OF_LEAVERS = 5
_PROJECTION_OF_HIDDEN = 4
_PROJECTION_OF_MARKS = 3
_FIRST_PROJECTION = 1
# An employee without these has the rows of the first projection, to the byte, unless the name is
# not in order as it is written.
_LATER_PROJECTION_FIELDS = ("employee_number",)
_facet_texts_of = attrgetter(*(facet.name for facet in TEXT_FACETS))

Key = tuple[str, str]
# Name key, words, views and counted facets, as a Shape has them.
_Body = tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]


class Shape(NamedTuple):
    """The rows and counted facets of an employee, as a manifest stores them.

    ``views`` are those beside the views of names and of words.
    """

    projection: int
    hash: str
    name_key: str
    words: tuple[str, ...]
    views: tuple[str, ...]
    counted_facets: tuple[str, ...]

    def keys(self, employee_id: str) -> set[Key]:
        """Return the primary keys of all rows."""
        sort_key = _sort_key(self.name_key, employee_id)
        keys = {(view, sort_key) for view in self.views_by_name()}
        keys.update((word_view(word), f"{word}{SEPARATOR}{sort_key}") for word in self.words)
        return keys

    def views_by_name(self) -> tuple[str, ...]:
        """Return the views with a row whose key is that of the name; a leaver has none of names."""
        return self.views if LEFT_VIEW in self.views else (NAME_VIEW, *self.views)


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
        views = self.shape.views_by_name()
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


def project_rows(
    employee: Employee, sort_by: SortBy = SortBy.GIVEN, today: str | None = None
) -> Projection:
    """Return the content that the index must have for this employee, in this order of names.

    ``today`` decides who has left; None is the day of the clock, which is asked where it matters.
    """
    card = card_of(employee)
    name_key = sort_key(employee.full_name, employee.sort_as, sort_by)
    words = search_words(employee)
    letter = search_keys.letter_of(name_key)
    texts = tuple(zip(TEXT_KINDS, _facet_texts_of(card), strict=True))
    exact = _exact_facets(employee, card)
    manager = _manager_token(employee, today)
    tokens = [(kind, token) for kind, text in texts if (token := facet_token(text))]
    tokens += exact
    counted_facets = ["*", f"{LETTER}:{letter}"]
    counted_facets += [f"{kind}:{text}" for kind, text in texts if facet_token(text)]
    counted_facets += [f"{kind}:{value}" for kind, value in exact]
    terms = [*words, filter_term(LETTER, letter), *(filter_term(*token) for token in tokens)]
    terms_text = f"{search_terms.joined(terms, '|')}|"
    packed = pack_card(card)
    views = [f"{kind}#{token}" for kind, token in (*tokens, *manager)]
    views += _lookup_views(employee, card)
    seen = (" ".join(employee.hidden), origins_text(employee, words))
    body: _Body = (name_key, words, tuple(views), tuple(counted_facets))
    told: tuple[object, ...] = (*body, *seen)
    projection = _projection_of(employee, name_key, words)
    if day := leaving.last_day(employee):
        body = _body_of_leaver(body, day, today or leaving.today(), _lookup_views(employee, card))
        projection, told = _PROJECTION_OF_LEAVERS, (*body, *seen, terms_text)
    elif any(seen):
        projection = _PROJECTION_OF_HIDDEN
    else:
        told = body
    projection = PROJECTION if manager else projection
    shape = Shape(projection, _digest(projection, packed, told), *body)
    return Projection(employee.id, shape, packed, terms_text, *seen)


def _manager_token(employee: Employee, today: str | None) -> list[tuple[str, str]]:
    """Return the kind and token of the manager of somebody who is in lists; none without one."""
    if not employee.manager:
        return []
    if employee.left_on and leaving.has_left(employee, today or leaving.today()):
        return []
    return [(MANAGER, manager_token(employee.manager))]


def _exact_facets(employee: Employee, card: Card) -> list[tuple[str, str]]:
    """Return the kind and value of each facet that has one spelling: start month and badges."""
    hides_start = "start_date" in employee.hidden
    month = "" if hides_start else search_keys.month_of(employee.start_date)
    exact = [(JOINED, month)] if month else []
    return exact + [(BADGE, key) for key in card.badges]


def _lookup_views(employee: Employee, card: Card) -> list[str]:
    """Return the views by which imports find an employee, whether they have left or not."""
    views = []
    if address := search_keys.email_key(card.email):
        views.append(email_view(address))
    if number := search_keys.number_key(employee.employee_number):
        views.append(number_view(number))
    return views


def _body_of_leaver(body: _Body, day: str, today: str, lookup_views: list[str]) -> _Body:
    """Return the rows and counts of somebody with a last day, made of those of everybody else."""
    name_key, words, views, counted_facets = body
    if day <= today:
        return name_key, (), (LEFT_VIEW, *lookup_views), (f"{LEAVING}:{LEFT}",)
    return name_key, words, (*views, leaving_view(day)), (*counted_facets, f"{LEAVING}:{day}")


def _projection_of(employee: Employee, name_key: str, words: tuple[str, ...]) -> int:
    """Return the oldest projection that has the rows of an employee, but for ``v`` and ``o``."""
    is_later = any(getattr(employee, name) for name in (*_LATER_PROJECTION_FIELDS, "generation"))
    is_later = is_later or name_key != search_keys.name_key(employee.full_name)
    is_later = is_later or bool(words and words[-1][0] in MARKS)
    is_later = is_later or bool(joined_words(employee.full_name))
    return _PROJECTION_OF_MARKS if is_later else _FIRST_PROJECTION


def _sort_key(name_key: str, employee_id: str) -> str:
    return f"{name_key}{SEPARATOR}{search_keys.id_sort_key(employee_id)}"


def _digest(projection: int, packed: str, body: tuple[object, ...]) -> str:
    raw = json.dumps((projection, packed, body)).encode()
    return hashlib.blake2b(raw, digest_size=12).hexdigest()
