"""Work out which field a single heading names, and how exactly."""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from app.imports.files import heading_words
from app.imports.files.headings import HEADINGS
from app.imports.files.other_headings import (
    CITIES,
    IDS_OR_NUMBERS,
    JOB_TITLES_ALONE,
    LOOSE_NAMES,
    MOBILES_OR_PHONES,
    REVERSED_NAMES,
)
from app.text.folding import fold

# Ranks: a lower one is more exact. Names of a list have its positions.
_WORK_RANK, _LOOSE_RANK, _OFFICE_CITY_RANK, _LAST_RANK = -1_000, 1_000, 1_500, 2_000
# No heading that is known is nearly as long, whatever stands in its brackets.
MAX_CHARACTERS = 200
_CAMEL_CASE = re.compile(r"([a-z])([A-Z])")
_BRACKETS = re.compile(r"[(\[{<（［【]([^()\[\]{}<>（）［］【】]*)[)\]}>）］】]")
_NUMBER_SIGN = re.compile(r"#|№|\bn\s?[°º]|[°º]", re.IGNORECASE)
# Signs that say that a column holds something else than its words do.
_MEASURES = {"%": " percent ", "€": " amount ", "$": " amount ", "£": " amount ", "¥": " amount "}
_POSITIONS = frozenset(("0", "1"))
_OTHER_SIGNS = re.compile(r"[^\w]+|_+")
_NOISE = re.compile(f" (?:{'|'.join(heading_words.NOISE.split(', '))})$")
_LEADING_WORDS = frozenset(heading_words.LEADING.split())
_SECTION_WORDS = frozenset(heading_words.SECTION.split()) | _LEADING_WORDS
_TRAILING_WORDS = frozenset(heading_words.TRAILING.split())
# An id and a full name are other things without such a word: User ID, User name.
_NEVER_PART = {"id", "full_name", "about", "badges", "pronouns"}
_WORK_WORDS = frozenset(heading_words.WORK.split())
_PARTICLES = frozenset(heading_words.PARTICLES.split())
_NEUTRAL_WORDS = frozenset(heading_words.NEUTRAL.split())
_MOBILE_WORDS = frozenset(heading_words.MOBILE.split())
_PRIVATE_WORDS = frozenset(heading_words.PRIVATE.split())
_OTHERS_WORDS = frozenset(heading_words.OTHERS.split())
_NUMBER_WORDS = frozenset(heading_words.NUMBER.split())
_YES_OR_NO = {"yes", "no"}
_WORK_FIELDS = {"email", "phone", "mobile"}
_NUMBERED = {"id", "employee_number", "phone", "mobile"}


class Meaning(NamedTuple):
    """The field that a heading names, and how exactly: a lower ``rank`` is more exact.

    ``other_field`` is its field in a file that has another column for ``field``.
    """

    field: str
    rank: int
    other_field: str = ""
    is_alone: bool = False
    is_city: bool = False


REVERSED = frozenset(REVERSED_NAMES.split(", "))
_MEANINGS: dict[str, Meaning] = {}


def _learn(names: str, field: str, rank: int = 0, **details: Any) -> None:
    for position, name in enumerate(names.split(", "), rank):
        _MEANINGS.setdefault(name, Meaning(field, position)._replace(**details))


for _field, _names in HEADINGS.items():
    _learn(_names, _field)
_learn(LOOSE_NAMES, "full_name", _LOOSE_RANK)
_learn(REVERSED_NAMES, "full_name")
_learn(JOB_TITLES_ALONE, "job_title", _LAST_RANK, is_alone=True)
_learn(IDS_OR_NUMBERS, "id", _LOOSE_RANK, other_field="employee_number")
_learn(MOBILES_OR_PHONES, "phone", _LAST_RANK, other_field="mobile")
_learn(CITIES, "location", _LAST_RANK, is_city=True)
_MEANINGS["payroll name"] = Meaning("full_name", _LAST_RANK)


def is_loose(meaning: Meaning) -> bool:
    """Return whether a full name is less exact than a first and a last name."""
    return meaning.field == "full_name" and meaning.rank >= _LOOSE_RANK


def words_of(heading: str) -> str:
    """Return the folded words of a heading: ``Employee #`` has "employee number"."""
    text = _NUMBER_SIGN.sub(" number ", heading)
    for sign, word in _MEASURES.items():
        text = text.replace(sign, word)
    words = _OTHER_SIGNS.sub(" ", fold(_CAMEL_CASE.sub(r"\1 \2", text))).strip()
    while (shorter := _NOISE.sub("", words)) != words:
        words = shorter
    return words


def meaning_of(heading: str) -> Meaning | None:
    """Return what a heading means by itself, or None if it names no field.

    Words in brackets that say nothing are left out: ``Email address (work) [Required]``. Those
    that say whose it is, or that it is a number, are not: ``Email (personal)``, ``Position (ID)``.
    """
    return _meaning_of(heading) if len(heading) <= MAX_CHARACTERS else None


@lru_cache(maxsize=4096)
def _meaning_of(heading: str) -> Meaning | None:
    remarks = [
        words
        for remark in _BRACKETS.findall(heading)
        if not (words := set(words_of(remark).split())) >= _YES_OR_NO
    ]
    if any(remark & _PRIVATE_WORDS for remark in remarks):
        return None
    whole = words_of(heading)
    if meaning := _known(whole):
        return meaning
    if any(remark & _OTHERS_WORDS for remark in remarks):
        return None
    plain = _known(words_of(_BRACKETS.sub(" ", heading))) or _in_section(heading)
    if plain and any(remark & _NUMBER_WORDS for remark in remarks):
        plain = plain if plain.field in _NUMBERED else None
    if plain or not _NUMBER_SIGN.search(heading):
        return plain
    # A phone or an id is a number without being called one: Tel. #, ID #. But an "ID number" may be
    # that of a passport.
    unnumbered = _known(" ".join(word for word in whole.split() if word != "number"))
    return unnumbered if unnumbered and unnumbered.field in _NUMBERED else None


def _known(words: str) -> Meaning | None:
    if meaning := _MEANINGS.get(words):
        return meaning
    spoken = words.split()
    is_work = not _WORK_WORDS.isdisjoint(spoken)
    around = _WORK_WORDS | _NEUTRAL_WORDS | (_PARTICLES if is_work else frozenset())
    others = [word for word in spoken if word not in around]
    bare = " ".join(word for word in others if word not in _MOBILE_WORDS)
    is_mobile = len(bare.split()) < len(others)
    meaning = _MEANINGS.get(" ".join(others))
    if meaning and meaning.is_city and len(others) < len(spoken):
        return meaning._replace(rank=_OFFICE_CITY_RANK, is_city=False)
    if is_mobile and (not bare or _field_of(bare) == "phone"):
        return Meaning("mobile", _WORK_RANK if is_work else 1)
    if len(others) == len(spoken) or meaning is None or meaning.field not in _WORK_FIELDS:
        return _within(spoken)
    return meaning._replace(rank=meaning.rank + (_WORK_RANK if is_work else 1))


def _in_section(heading: str) -> Meaning | None:
    """Return what stands behind the name of a section: ``Job Information: Location``."""
    section, colon, rest = heading.partition(":")
    words = set(words_of(section).split())
    meaning = _known(words_of(rest)) if colon and words and words <= _SECTION_WORDS else None
    return None if meaning is None or meaning.field in _NEVER_PART else meaning


def _within(words: list[str]) -> Meaning | None:
    """Return what is left of a heading without the words that exports put around it."""
    meaning = None
    if words[-2:] == ["id", "name"]:  # the name behind an id, of Odoo: department_id/name
        meaning = _known(" ".join(words[:-2]))
    elif inner := [word for word in words[1:-1] if word in _POSITIONS]:
        meaning = _known(" ".join(word for word in words if word not in inner))
    if meaning is None and words and words[0] in _LEADING_WORDS:
        meaning = _known(" ".join(words[1:]))
    if meaning is None and words and words[-1] in _TRAILING_WORDS and words[0] != "job":
        meaning = _known(" ".join(words[:-1]))
    return None if meaning is None or meaning.field in _NEVER_PART else meaning


def _field_of(words: str) -> str:
    meaning = _MEANINGS.get(words)
    return meaning.field if meaning else ""
