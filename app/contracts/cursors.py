"""The cursor of a page: a place in an order that every store shares, as a text for an address.

The order key of a row is ``<name key>\x1f<tie>``, and ``<matched word>\x1f<name key>\x1f<tie>``
when words are typed. Its parts hold no control characters, so it sorts like the tuple of its parts.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from functools import lru_cache
from typing import NamedTuple

from app.contracts.queries import FILTERS, Query

SEPARATOR = "\x1f"
_VERSION = 1
_LONGEST = 1_200


class Cursor(NamedTuple):
    """Go on from a row: forwards after it, or backwards before it. The row need not exist."""

    backwards: bool
    key: str

    def to_text(self, query: Query) -> str:
        """The cursor for an address; it is good for this query only."""
        parts = [_VERSION, _print_of(query), int(self.backwards), self.key]
        raw = json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def read_cursor(text: str | None, query: Query) -> Cursor | None:
    """The cursor in an address; None (the first page) for what is not one of this query."""
    if not text or len(text) > _LONGEST:
        return None
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        version, fingerprint, backwards, key = json.loads(raw)
    except (ValueError, TypeError, binascii.Error, RecursionError):
        return None
    if version != _VERSION or fingerprint != _print_of(query) or not _is_text(key):
        return None
    if backwards not in (0, 1) or key.count(SEPARATOR) != order_separators(query):
        return None
    return Cursor(bool(backwards), key)


def _is_text(key: object) -> bool:
    """Whether a store can compare with it: JSON can spell halves of characters, and zeros."""
    try:
        return isinstance(key, str) and b"\0" not in key.encode()
    except UnicodeEncodeError:
        return False


def order_separators(query: Query) -> int:
    """How many separators an order key of this query has."""
    return 2 if query.search_words else 1


@lru_cache(maxsize=256)
def _print_of(query: Query) -> str:
    """A fingerprint of what the query means, so that spellings with one meaning share cursors."""
    facets = (query.facet_key(name) for name in FILTERS if name != "letter")
    meaning = (query.search_words, query.letter, *facets)
    return hashlib.blake2b(repr(meaning).encode(), digest_size=6).hexdigest()
