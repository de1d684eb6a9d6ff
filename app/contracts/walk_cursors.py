"""The cursor of a walk down the reporting lines: where it is, and what it has counted so far.

It is sealed for everybody, since the counts of a whole walk rest on those of its cursors, and its
path may name people whom no page has shown yet.
"""

import base64
import hashlib
import json
import zlib
from collections.abc import Sequence
from typing import NamedTuple

from app.contracts.cursors import fingerprint_of, seal, unseal
from app.contracts.queries import Query
from app.runtime import strict_json

# Of managers who lead one another, as many as a line above somebody has (reports.MAX_CHAIN).
MAX_LEVELS = 64
# Of a packed path; as text a third more, which leaves room for conditions in a URL.
_MAX_BYTES = 3_000
_MAX_CHARACTERS = 4_400
_MAX_UNPACKED_BYTES = 200_000
_VERSION = 1


class Level(NamedTuple):
    """A manager on the path, and the order key of whom was met last of their reports, or ""."""

    manager: str
    after: str = ""


class Walk(NamedTuple):
    """A position: the path from the top down, and how many were looked through and found.

    ``is_cut`` says that a line went on below the last level that a path may have.
    """

    path: tuple[Level, ...]
    looked: int = 0
    found: int = 0
    is_cut: bool = False


def walk_text(walk: Walk, top: str, query: Query) -> str:
    """Return the cursor for a URL."""
    counts = [walk.looked, walk.found, int(walk.is_cut)]
    raw = _packed([_VERSION, _meaning(top, query), counts, _levels(walk.path)])
    return base64.urlsafe_b64encode(seal(raw)).rstrip(b"=").decode("ascii")


def fits(path: Sequence[Level]) -> bool:
    """Return whether a cursor can hold a path."""
    if len(path) > MAX_LEVELS:
        return False
    levels = _levels(path)
    characters = sum(len(level.manager) + len(level.after) for level in levels)
    return characters < _MAX_BYTES // 4 or len(_packed(levels)) < _MAX_BYTES


def read_walk(text: str | None, top: str, query: Query) -> Walk | None:
    """Parse the cursor of a URL; return None (the beginning) if it is not one of this walk."""
    if not text or len(text) > _MAX_CHARACTERS:
        return None
    try:
        raw = unseal(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        plain = zlib.decompressobj().decompress(raw, _MAX_UNPACKED_BYTES)
        version, meaning, counts, path = strict_json.parse(plain)
        if version != _VERSION or meaning != _meaning(top, query):
            return None
        looked, found, is_cut = counts
        levels = [Level(*level) for level in path]
        levels[:1] = [level._replace(manager=top) for level in levels[:1]]
        return Walk(tuple(levels), looked, found, bool(is_cut))
    except (ValueError, TypeError, zlib.error):
        return None


def _levels(path: Sequence[Level]) -> Sequence[Level]:
    """Return a path without the id at its top, which every URL has itself."""
    return [*(level._replace(manager="") for level in path[:1]), *path[1:]]


def _packed(parts: Sequence[object]) -> bytes:
    return zlib.compress(json.dumps(parts, ensure_ascii=False).encode(errors="replace"))


def _meaning(top: str, query: Query) -> str:
    digest = hashlib.blake2b(top.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    return f"{digest}{fingerprint_of(query)}"
