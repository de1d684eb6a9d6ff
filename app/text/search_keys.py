"""Sort keys: the normalisation that all stores share.

A name sorts by its folded words; a name that does not begin
with a Latin letter sorts after z, under "other".
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from sys import intern

from app.text.folding import LINE_CHARACTERS, fold, one_line
from app.text.tokens import cut, is_plain, split

NAME_KEY_BYTES = 160
OTHER_LETTERS = "other"
LETTERS = (*"abcdefghijklmnopqrstuvwxyz", OTHER_LETTERS)
# Sorts after "z" and before nothing that a folded name can begin with once the mark is set.
_OTHER_MARK = "{"

_DATE = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", re.ASCII)


def facet_key(text: str) -> str:
    """Return the key that is equal for all spellings of a location, job title or department."""
    # The menus of a page compare hundreds of values; no value of a list is longer.
    return _facet_key(text) if len(text) <= LINE_CHARACTERS else fold(one_line(text))


@lru_cache(maxsize=4096)
def _facet_key(text: str) -> str:
    return fold(one_line(text))


def email_key(address: str) -> str:
    """Return the key that is equal for all spellings of an email address; "" if there is none."""
    return unicodedata.normalize("NFC", one_line(address).casefold())


def number_key(number: str) -> str:
    """Return the key that is equal for all spellings of an employee number; "" if it has none."""
    return email_key(number)


def month_of(date: str) -> str:
    """Return the month of a date: ``2026-03`` for ``2026-03-14``; "" for anything else."""
    return date[:7] if _DATE.fullmatch(date) else ""


def is_month(text: str) -> bool:
    """Return whether a text is a month as ``month_of`` writes it: ``2026-03``."""
    return month_of(f"{text}-01") == text != ""


def merge_spellings(counts: Mapping[str, int]) -> dict[str, int]:
    """Merge counts by spelling into counts by facet, under the most frequent spelling."""
    by_key: dict[str, list[str]] = {}
    for spelling, count in counts.items():
        if count > 0:
            by_key.setdefault(facet_key(spelling), []).append(spelling)
    merged = {}
    for key in sorted(by_key):
        label, *others = by_key[key]
        if others:  # few have another spelling
            label = min(by_key[key], key=lambda spelling: (-counts[spelling], spelling))
        total = sum(map(counts.__getitem__, by_key[key])) if others else counts[label]
        merged[intern(str(label))] = total  # kept once, in whichever counts it is cached
    return merged


def name_key(full_name: str) -> str:
    """Return the sort key of a name: at most NAME_KEY_BYTES, compared as UTF-8 bytes."""
    key = fold(one_line(full_name))
    if not is_plain(key):
        key = " ".join(word for token in key.split(" ") for word in split(token))
    if not key[:1].isascii() or not key[:1].isalpha():
        key = _OTHER_MARK + key
    return cut(key, NAME_KEY_BYTES)


def letter_of(key: str) -> str:
    """Return the letter of a name key: ``a`` to ``z``, or ``other``."""
    return key[:1] if "a" <= key[:1] <= "z" else OTHER_LETTERS


def id_sort_key(employee_id: str) -> str:
    """Return the key that orders equal names: the id, or its hash if longer than 64 bytes."""
    raw = employee_id.encode("utf-8", "surrogatepass")
    if len(raw) <= 64 and employee_id.isprintable():
        return employee_id
    return "~" + hashlib.blake2b(raw, digest_size=16).hexdigest()
