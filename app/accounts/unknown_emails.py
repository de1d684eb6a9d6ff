"""The wrong attempts to sign in with emails that no account has."""

import hashlib
import mmap
import secrets
import struct
from datetime import UTC, datetime
from typing import NamedTuple

PLACES = 16_384
_ENTRY = struct.Struct("=8sId")  # the digest of an email, its failures, until when it is locked
_DIGEST_BYTES = 8


class Failures(NamedTuple):
    """How many attempts failed, and until when no more is looked at; None if never."""

    number: int = 0
    locked_until: datetime | None = None


class UnknownEmails:
    """The failures of each email, in memory that all processes share that were forked from this.

    An account keeps its own in the store. If each process counted those of other emails by itself,
    their number would tell that there is no account. Each email has one of PLACES places; of two
    with the same place the later one is known. Two processes that write at the same moment may
    count one attempt only.
    """

    def __init__(self, places: int = PLACES) -> None:
        self._places = places
        self._salt = secrets.token_bytes(16)  # so that nobody can choose who shares a place
        self._memory = mmap.mmap(-1, places * _ENTRY.size)

    def get(self, email_key: str) -> Failures:
        """Return the failures of an email."""
        digest, place = self._place_of(email_key)
        found, count, locked_until = _ENTRY.unpack_from(self._memory, place)
        if found != digest or not count:
            return Failures()
        return Failures(count, datetime.fromtimestamp(locked_until, UTC))

    def put(self, email_key: str, count: int, locked_until: datetime) -> None:
        """Keep the failures of an email."""
        digest, place = self._place_of(email_key)
        _ENTRY.pack_into(self._memory, place, digest, count, locked_until.timestamp())

    def _place_of(self, email_key: str) -> tuple[bytes, int]:
        digest = hashlib.blake2b(
            email_key.encode(errors="replace"), digest_size=2 * _DIGEST_BYTES, key=self._salt
        ).digest()
        number = int.from_bytes(digest[_DIGEST_BYTES:], "big") % self._places
        return digest[:_DIGEST_BYTES], number * _ENTRY.size
