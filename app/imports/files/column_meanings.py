"""Settle what the headings of one file mean together: one decides what another is."""

from collections.abc import Sequence

from app.imports.files import heading_words
from app.imports.files.heading_names import MAX_CHARACTERS, Meaning, is_loose, meaning_of, words_of
from app.imports.files.headings import FIRST_NAME, LAST_NAME
from app.imports.files.other_headings import ADDRESS_PARTS

# Beside a first name, this heading means the last name, as in the German "Vorname, Name".
_LAST_OR_FULL = "name"
# Without a first name, this is it: Roepnaam, Known as.
_CALLED = "preferred_name"
_NAME = meaning_of(_LAST_OR_FULL)
_ADDRESS_PARTS = frozenset(ADDRESS_PARTS.split(", "))
_ADDRESS_WORDS = frozenset(heading_words.ADDRESS.split())
_OTHER_ADDRESSES = frozenset(heading_words.OTHER_ADDRESSES.split())
_WORK_WORDS = frozenset(heading_words.WORK.split())
_DIRECTORY_HEADINGS = frozenset(heading_words.DIRECTORY.split(", "))

Meanings = list[Meaning | None]


def settle(meanings: Sequence[Meaning | None], headings: Sequence[str]) -> tuple[Meanings, bool]:
    """Return the meanings in a file that has all of these columns.

    Also return whether the column of the last name may hold full names.
    """
    settled = _without_private_cities(_settled(meanings), headings)
    is_last_or_full = _name_is_last(settled, headings)
    return settled, is_last_or_full


def _settled(meanings: Sequence[Meaning | None]) -> Meanings:
    """Return the meanings in a file that has all of these columns."""
    present = {each.field for each in meanings if each and not each.other_field}
    if "mobile" in present:
        present.add("phone")  # a mobile beside that of work is none of a desk
    settled = [
        each._replace(field=each.other_field)
        if each and each.other_field and each.field in present
        else each
        for each in meanings
    ]
    exact_names = {each.field for each in meanings if each and not is_loose(each)}
    if LAST_NAME in present and not {FIRST_NAME, "full_name"} & exact_names:
        settled = [
            each._replace(field=FIRST_NAME) if each and each.field == _CALLED else each
            for each in settled
        ]
    exact = {each.field for each in settled if each and not each.is_alone}
    return [None if each and each.is_alone and each.field in exact else each for each in settled]


def _without_private_cities(
    meanings: Sequence[Meaning | None], headings: Sequence[str]
) -> Meanings:
    """Leave out a city that is part of an address, unless it is that of an office."""
    known = {words_of(heading) for heading in headings if len(heading) <= MAX_CHARACTERS}
    has_address = any(map(_is_of_address, known))
    at_home = has_address and not _DIRECTORY_HEADINGS & known
    return [None if each and each.is_city and at_home else each for each in meanings]


def _is_of_address(heading: str) -> bool:
    """Return whether a heading is part of a postal address that is not said to be of work."""
    words = set(heading.split())
    is_other = words & (_WORK_WORDS | _OTHER_ADDRESSES)
    return heading in _ADDRESS_PARTS or (bool(words & _ADDRESS_WORDS) and not is_other)


def _name_is_last(meanings: Meanings, headings: Sequence[str]) -> bool:
    """Give a column Name beside a first name, and no last name, to the last name."""
    present = {each.field for each in meanings if each}
    if FIRST_NAME not in present or LAST_NAME in present:
        return False
    names = [
        position
        for position, each in enumerate(meanings)
        if each == _NAME and words_of(headings[position]) == _LAST_OR_FULL
    ]
    for position in names:
        meanings[position] = Meaning(LAST_NAME, 0)
    return bool(names)
