"""The views, keys and terms of the rows of the index; see rows.py."""

import hashlib
from functools import lru_cache

from app.contracts.cursors import SEPARATOR
from app.model.facets import FACETS, TEXT_FACETS
from app.text import search_keys, search_terms

NAME_VIEW, LEFT_VIEW = "name", "left"
# How keys, terms and counters name each facet.
KINDS = {facet.name: facet.dynamodb_kind for facet in FACETS}
TEXT_KINDS = tuple(facet.dynamodb_kind for facet in TEXT_FACETS)
LETTER, BADGE, JOINED = KINDS["letter"], KINDS["badge"], KINDS["joined"]
# Counts those who have left under LEFT, and those who leave under their last day.
LEAVING = "g"
# Those who report to somebody; it has no count.
MANAGER = "m"
_FACET_VIEWS = (f"{kind}#" for kind in KINDS.values() if kind != LETTER)
ROW_VIEWS = (NAME_VIEW, LEFT_VIEW, "w#", "e#", "n#", f"{LEAVING}#", f"{MANAGER}#", *_FACET_VIEWS)
_MAX_TOKEN_BYTES = 64


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


def leaving_view(day: str) -> str:
    """Return the view of the employees in lists who have this last day."""
    return f"{LEAVING}#{day}"


def manager_token(manager_id: str) -> str:
    """Return the part of a key for those who report to somebody."""
    return token_of(search_keys.id_sort_key(manager_id))


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
    start = filter_term(BADGE, "")
    return [term.removeprefix(start) for term in terms.split("|") if term.startswith(start)]


def badge_view(badge: str) -> str:
    """Return the view of the employees with a badge."""
    return f"{BADGE}#{badge}"


def badge_term(badge: str) -> str:
    """Return the text in ``t`` of an employee with a badge."""
    return f"|{filter_term(BADGE, badge)}|"
