r"""The cursor of a page: a position in the order that every store shares, as text for a URL.

The order key of a row is ``<name key>\x1f<id key>``, and ``<matched word>\x1f<name key>\x1f<id
key>`` if words were typed, unless those who left are asked for. Its parts have no control
characters, so it sorts like their tuple.

Where a search ended early, the key is that of the last row examined, which may be of a word or a
person that the viewer may not know of. So the cursor of a viewer who does not see everything is
sealed: encrypted, with a digest of its text as the nonce and as the proof that it is ours.
"""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from app.contracts.queries import FILTERS, MANAGER, Query
from app.runtime import strict_json

SEPARATOR = "\x1f"
_VERSION = 1
_MAX_CHARACTERS = 1_200
_MAX_CUT_CHARACTERS = 100
_CONTROL = re.compile(r"[\x00-\x1e]")
_LAST_CHARACTER = "\U0010ffff"
_SEAL_BYTES = 16
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_KEY_OF_PROCESS = secrets.token_bytes(32)


class _Keys:
    """The key of seals, which is read when it is needed."""

    read: Callable[[], bytes] = staticmethod(lambda: _KEY_OF_PROCESS)


def use_key(read_key: Callable[[], bytes]) -> None:
    """Seal the cursors of this process with the key that this function returns.

    It must be the same in every process that answers for one directory.
    """
    _Keys.read = staticmethod(read_key)


class Cursor(NamedTuple):
    """A position: forwards after a row, or backwards before it. The row need not exist."""

    backwards: bool
    key: str

    def to_text(self, query: Query) -> str:
        """Return the cursor for a URL; it is valid for this query only."""
        separators = order_separators(query)
        text = self._encode(query, _readable_key(self.key, separators))
        if len(text) > _MAX_CHARACTERS:  # a row of another program: no key of ours is as long
            first = _CONTROL.sub(" ", self.key[:_MAX_CUT_CHARACTERS]) + _LAST_CHARACTER
            text = self._encode(query, _readable_key(first, separators))
        return text

    def _encode(self, query: Query, key: str) -> str:
        parts = [_VERSION, fingerprint_of(query), int(self.backwards), key]
        raw = _to_json(parts).encode()
        raw = raw if query.sight.is_whole else seal(raw)
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def seal(raw: bytes) -> bytes:
    """Return sealed bytes: the same for the same cursor, so that a page stays the same too."""
    key = hashlib.sha256(b"cursor" + _Keys.read()).digest()
    digest = hashlib.blake2b(raw, key=key, digest_size=_SEAL_BYTES).digest()
    return digest + _covered(raw, key, digest)


def unseal(sealed: bytes) -> bytes:
    """Return what was sealed. Raises ValueError for everything else."""
    key = hashlib.sha256(b"cursor" + _Keys.read()).digest()
    digest, covered = sealed[:_SEAL_BYTES], sealed[_SEAL_BYTES:]
    raw = _covered(covered, key, digest)
    expected = hashlib.blake2b(raw, key=key, digest_size=_SEAL_BYTES).digest()
    if not secrets.compare_digest(digest, expected):
        raise ValueError("this cursor was not sealed here")
    return raw


def _covered(raw: bytes, key: bytes, digest: bytes) -> bytes:
    """Return bytes with those of a stream, which the key and the digest decide, on top."""
    stream = hashlib.shake_256(key + digest).digest(len(raw))
    return bytes(one ^ other for one, other in zip(raw, stream, strict=True))


def _readable_key(key: str, separators: int) -> str:
    """Return a key that ``read_cursor`` accepts, so that no row of another program stops a list.

    It sorts at or directly after a key with NUL, or with another number of separators.
    """
    if key.count(SEPARATOR) == separators and "\0" not in key:
        return key
    parts = key.replace("\0", "\x01").split(SEPARATOR, separators)
    parts[-1] = parts[-1].replace(SEPARATOR, " ")
    return SEPARATOR.join(parts) + SEPARATOR * (separators + 1 - len(parts))


def read_cursor(text: str | None, query: Query) -> Cursor | None:
    """Parse the cursor of a URL; return None (the first page) if it is not one of this query."""
    if not text or len(text) > _MAX_CHARACTERS:
        return None
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        raw = raw if query.sight.is_whole else unseal(raw)
        version, fingerprint, backwards, key = strict_json.parse(raw)
    except (ValueError, TypeError):
        return None
    if version != _VERSION or fingerprint != fingerprint_of(query) or backwards not in (0, 1):
        return None
    # No store can compare with NUL.
    if not isinstance(key, str) or "\0" in key or key.count(SEPARATOR) != order_separators(query):
        return None
    return Cursor(bool(backwards), key)


def order_separators(query: Query) -> int:
    """Return the number of separators in an order key of this query."""
    return 2 if query.is_ranked else 1


def name_key_in(key: str) -> str:
    """Return the name key in an order key; "" if another program wrote it."""
    return "".join(key.split(SEPARATOR)[-2:-1])


@lru_cache(maxsize=256)
def fingerprint_of(query: Query) -> str:
    """Return a hash of what the query means, so that spellings with one meaning share cursors."""
    facets = (_one_or_all(query.keys_of(name)) for name in FILTERS if name != "letter")
    meaning = (query.search_words, _one_or_all(query.values_of("letter")), *facets)
    meaning += ("left",) if query.left else ()
    meaning += (query.keys_of(MANAGER),) if query.values_of(MANAGER) else ()
    return hashlib.blake2b(repr(meaning).encode(), digest_size=6).hexdigest()


def _one_or_all(keys: tuple[str, ...]) -> str | tuple[str, ...]:
    """Return one key as text, as in the cursors of earlier releases, and several in order."""
    return tuple(sorted(keys)) if len(keys) > 1 else "".join(keys)
