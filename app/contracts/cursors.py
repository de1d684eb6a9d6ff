r"""The cursor of a page: a position in the order that every store shares, as text for a URL.

The order key of a row is ``<name key>\x1f<id key>``, and ``<matched word>\x1f<name key>\x1f<id
key>`` if words were typed. Its parts have no control characters, so it sorts like their tuple.
"""

import base64
import binascii
import hashlib
import json
from functools import lru_cache
from typing import NamedTuple

from app.contracts.queries import FILTERS, Query

SEPARATOR = "\x1f"
_VERSION = 1
_MAX_CHARACTERS = 1_200


class Cursor(NamedTuple):
    """A position: forwards after a row, or backwards before it. The row need not exist."""

    backwards: bool
    key: str

    def to_text(self, query: Query) -> str:
        """Return the cursor for a URL; it is valid for this query only."""
        parts = [_VERSION, _fingerprint_of(query), int(self.backwards), self.key]
        raw = json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def read_cursor(text: str | None, query: Query) -> Cursor | None:
    """Parse the cursor of a URL; return None (the first page) if it is not one of this query."""
    if not text or len(text) > _MAX_CHARACTERS:
        return None
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        version, fingerprint, backwards, key = json.loads(raw)
    except (ValueError, TypeError, binascii.Error, RecursionError):
        return None
    if version != _VERSION or fingerprint != _fingerprint_of(query) or not _is_text(key):
        return None
    if backwards not in (0, 1) or key.count(SEPARATOR) != order_separators(query):
        return None
    return Cursor(bool(backwards), key)


def _is_text(key: object) -> bool:
    """Return whether a store can compare with it: JSON can spell lone surrogates and NUL."""
    try:
        return isinstance(key, str) and b"\0" not in key.encode()
    except UnicodeEncodeError:
        return False


def order_separators(query: Query) -> int:
    """Return the number of separators in an order key of this query."""
    return 2 if query.search_words else 1


@lru_cache(maxsize=256)
def _fingerprint_of(query: Query) -> str:
    """Return a hash of what the query means, so that spellings with one meaning share cursors."""
    facets = (query.facet_key(name) for name in FILTERS if name != "letter")
    meaning = (query.search_words, query.letter, *facets)
    return hashlib.blake2b(repr(meaning).encode(), digest_size=6).hexdigest()
