"""The index entries of an employee: pure functions from a record to rows of the index.

The current entries are stored in columns beside the record, so that they can be removed even after
the record, or the rules of search_keys.py, have changed.
"""

import hashlib
import json
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import RowMapping

from app.contracts.cursors import SEPARATOR
from app.model import leaving
from app.model.employee import BADGE_KEYS, Employee
from app.model.facets import FACETS, TEXT_FACETS
from app.model.search_words import search_words
from app.model.word_origins import origins_text
from app.runtime import strict_json
from app.storage.sql.index.indexed import IndexedFields, Named
from app.text import person_names, search_keys, search_terms
from app.text.folding import one_line
from app.text.person_names import SortBy

KINDS = {facet.name: facet.sql_kind for facet in FACETS}
NAMES, WORDS, CHANGES = "name", "word", "changes"
# Of those who left; and of each last day of those who leave.
LEFT, LEAVING = "left", "leaving"
# Of those who report to somebody; it has no count.
MANAGER = "manager"
LETTERS, BADGE, JOINED = KINDS["letter"], KINDS["badge"], KINDS["joined"]
_TEXT_KINDS = tuple(facet.sql_kind for facet in TEXT_FACETS)
_facet_texts_of = attrgetter(*(facet.name for facet in TEXT_FACETS))
_MAX_KEY_BYTES = 64
# The columns of ``person`` that store its index entries.
INDEX_COLUMNS = ("sort_key", "words", "facets", "email_key", "number_key", "origins")
_KEY_COLUMNS = INDEX_COLUMNS[3:]

EntryKey = tuple[str, str]  # view, at
EntryPrefix = tuple[int, int]  # first_prefix_length, sort_key_start
FacetKey = tuple[str, str]  # view, exact spelling
NAME_ORDER: EntryPrefix = (0, 1)  # outside the word view
EntryRow = tuple[str, str, int, int, int]  # view, at, number, first_prefix_length, sort_key_start


def view_of(kind: str, key: str) -> str:
    """Return the view of a facet: its kind and key, or a hash of a long key."""
    raw = key.encode()
    if len(raw) > _MAX_KEY_BYTES:
        key = "~" + hashlib.blake2b(raw, digest_size=16).hexdigest()
    return f"{kind}:{key}"


def manager_view(manager_id: str) -> str:
    """Return the view of those who report to somebody."""
    return view_of(MANAGER, search_keys.id_sort_key(manager_id))


def is_of_manager(view: str) -> bool:
    """Return whether a view is that of those who report to somebody."""
    return view.startswith(f"{MANAGER}:")


class IndexEntries(NamedTuple):
    r"""The index entries of an employee: sort key, words, facets with spelling, and more.

    ``sort_key`` is ``<name key>\x1f<id key>``; it is empty for an employee without entries.
    ``origins`` is the text of ``word_origins.origins_text`` for the words. Whoever ``has_left`` has
    one row, in the view LEFT, and one count; their words and facets only narrow it.
    """

    sort_key: str
    words: tuple[str, ...]
    facets: tuple[FacetKey, ...]
    email_key: str = ""
    number_key: str = ""
    origins: str = ""
    has_left: bool = False

    def by_key(self) -> dict[EntryKey, EntryPrefix]:
        """Return the rows of ``entry`` without the number, by primary key."""
        return {(view, at): (length, start) for view, at, _, length, start in self.rows(0)}

    def rows(self, number: int) -> Iterator[EntryRow]:
        """Yield the rows of ``entry`` for the employee with this number, in driver types."""
        if not self.sort_key:
            return
        for view in self.views():
            yield view, self.sort_key, number, *NAME_ORDER
        for word, length in self.prefix_lengths().items():
            yield self.word_row(word, number, length)

    def views(self) -> list[str]:
        """Return the views with a row of the employee, except that of words."""
        return [LEFT] if self.has_left else [NAMES, *(view for view, _ in self.facets)]

    def listed_words(self) -> tuple[str, ...]:
        """Return the words that have a row."""
        return () if self.has_left else self.words

    def word_row(self, word: str, number: int, length: int) -> EntryRow:
        """Return the row of a word, whose shortest prefix that no earlier one has is so long."""
        prefix, start = word_prefix(word)
        return WORDS, prefix + self.sort_key, number, length, start

    def prefix_lengths(self) -> dict[str, int]:
        """Return ``first_prefix_lengths`` by word."""
        return dict(zip(self.listed_words(), self.first_prefix_lengths(), strict=True))

    def first_prefix_lengths(self) -> list[int]:
        """Return for each word the length of its shortest prefix that no earlier word has."""
        return [length + 1 for length in search_terms.shared_lengths(self.listed_words())]

    def counted_facets(self) -> list[FacetKey]:
        """Return the rows of ``facet`` to which the employee adds one."""
        if not self.sort_key:
            return []
        if self.has_left:
            return [(LEFT, "")]
        letter_view = f"{LETTERS}:{search_keys.letter_of(self.sort_key)}"
        counted = [each for each in self.facets if not is_of_manager(each[0])]
        return [(NAMES, ""), (letter_view, ""), *counted]

    def uncounted_views(self) -> list[str]:
        """Return the views with a row of the employee that no row of ``facet`` counts."""
        return [view for view, _ in self.facets if is_of_manager(view)] if not self.has_left else []

    def columns(self) -> dict[str, str | None]:
        """Return the values of ``INDEX_COLUMNS`` by column."""
        return dict(zip(INDEX_COLUMNS, self.values(), strict=True))

    def values(self) -> tuple[str | None, ...]:
        """Return the values of ``INDEX_COLUMNS``; each word follows a space, for ``LIKE``.

        The sort key of who has left is among the facets: a release that knows no leavers reads a
        record without a sort key as one without entries, and so takes no count from others.
        """
        words = search_terms.joined(self.words, " ") if self.words else ""
        facets, sort_key = self.facets, self.sort_key
        if self.has_left:
            facets, sort_key = ((LEFT, sort_key), *facets), ""
        text = f"[{','.join(map(_as_json, facets))}]"
        keys = (self.email_key, self.number_key, self.origins)
        return sort_key, words, text, *(key or None for key in keys)


NOT_INDEXED = IndexEntries("", (), ())


def words_from(stored: object) -> tuple[str, ...]:
    """Return the words in the column ``words``; none of a value that another program wrote."""
    if not isinstance(stored, str):
        return ()
    return tuple(filter(None, search_terms.separated(stored, " ")))


def word_prefix(word: str) -> tuple[str, int]:
    """Return the prefix of sort keys in the word view, and where the sort key then starts."""
    return f"{word}{SEPARATOR}", len(word) + 2


def sort_key_of(employee: Named, sort_by: SortBy) -> str:
    """Return the sort key of an employee in the name view, in this order of names."""
    name_key = person_names.sort_key(employee.full_name, employee.sort_as, sort_by)
    return f"{name_key}{SEPARATOR}{search_keys.id_sort_key(employee.id)}"


def entries_of(employee: Employee, sort_by: SortBy) -> IndexEntries:
    """Return the index entries that an employee must have, in this order of names."""
    return entries_with_sort_key(sort_key_of(employee, sort_by), employee)


def entries_with_sort_key(sort_key: str, employee: IndexedFields) -> IndexEntries:
    """Return the index entries that an employee with a known sort key must have."""
    left_on = employee.left_on
    has_left = bool(left_on) and leaving.has_come(left_on, leaving.today())
    facets = (
        *chain.from_iterable(map(_facet, _TEXT_KINDS, _facet_texts_of(employee))),
        *_badges(employee.badges),
        *_joined("" if "start_date" in employee.hidden else employee.start_date),
        *(_leaving(left_on) if left_on and not has_left else ()),
        *(((manager_view(employee.manager), ""),) if employee.manager and not has_left else ()),
    )
    words = search_words(employee)
    email_key = search_keys.email_key(employee.email)
    number_key = search_keys.number_key(employee.employee_number)
    origins = origins_text(employee, words)
    return IndexEntries(sort_key, words, facets, email_key, number_key, origins, has_left)


def entries_from(row: RowMapping) -> IndexEntries | None:
    """Return the stored index entries in a row of ``person``, or None if it has none to read."""
    sort_key, stored_facets = row["sort_key"], row["facets"]
    if not (sort_key or _tells_of_leaver(stored_facets)):
        return None
    try:
        words = words_from("".join((row["words"] or "", "")))
        facets = [(view, spelling) for view, spelling in strict_json.parse(stored_facets or "[]")]
        keys = tuple(row[name] or "" for name in ("sort_key", *_KEY_COLUMNS))
        "".join((*keys, *chain.from_iterable(facets)))
    except (ValueError, TypeError):  # of another program: SQLite holds any type in any column
        return None
    has_left = not sort_key
    key = facets.pop(0)[1] if has_left else sort_key
    email_key, number_key, origins = keys[1:]
    return IndexEntries(key, tuple(words), tuple(facets), email_key, number_key, origins, has_left)


def _tells_of_leaver(stored_facets: object) -> bool:
    return isinstance(stored_facets, str) and stored_facets.startswith(f'[["{LEFT}",')


@lru_cache(maxsize=4096)
def _facet(kind: str, text: str) -> tuple[FacetKey, ...]:
    key = search_keys.facet_key(text)
    return ((view_of(kind, key), one_line(text)),) if key else ()


@lru_cache(maxsize=1024)
def _badges(badges: tuple[str, ...]) -> tuple[FacetKey, ...]:
    return tuple((view_of(BADGE, badge), badge) for badge in badges if badge in BADGE_KEYS)


@lru_cache(maxsize=16_384)  # the days of 40 years
def _joined(start_date: str) -> tuple[FacetKey, ...]:
    month = search_keys.month_of(start_date)
    return ((view_of(JOINED, month), month),) if month else ()


def _leaving(left_on: str) -> tuple[FacetKey, ...]:
    return ((view_of(LEAVING, left_on), left_on),) if leaving.is_day(left_on) else ()


@lru_cache(maxsize=4096)
def _as_json(facet: FacetKey) -> str:
    return json.dumps(facet, ensure_ascii=False, separators=(",", ":"))
