"""Combine names at random, each culture in its own order."""

import re
from random import Random
from string import ascii_uppercase
from typing import NamedTuple

from app.samples.culture import Culture, all_cultures
from app.samples.faces import Traits
from app.text.folding import fold

_WOMENS_STYLES = ("bob", "long", "bun", "tail", "curly", "crop", "waves")
_MENS_STYLES = ("short", "short", "crop", "waves", "bald")
_NOT_IN_EMAIL = re.compile(r"[^a-z0-9-]")
_WITHOUT_SPACES = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")

_SHARE_TWO_FAMILIES = 0.04
_SHARE_NO_INITIAL = 0.88
_SHARE_OWN_SCRIPT_ONLY = 0.12
_SHARE_OWN_SCRIPT = 0.45


class SampleName(NamedTuple):
    """A full name with the forms and attributes that belong to it."""

    full_name: str
    short_name: str
    email_name: str
    is_woman: bool
    places: tuple[str, ...]
    traits: Traits


class _Word(NamedTuple):
    """One name: in Latin letters, in its own script or "", and as part of an email address."""

    latin: str
    own: str
    email: str


class _Names:
    """The parsed names of one culture."""

    def __init__(self, culture: Culture) -> None:
        self.order = culture.order
        self.given = (_parse(culture.men), _parse(culture.women))
        self.family = _parse(culture.family)
        self.places = tuple(place.replace("_", " ") for place in culture.places.split())
        own = (culture.style,) * 3 if culture.style else ()
        men = (*_MENS_STYLES, *(own if culture.style != "scarf" else ()))
        women = (*_WOMENS_STYLES, *(own if culture.style != "turban" else ()))
        self.traits = (
            Traits(culture.skins, culture.hairs, men, beards=True),
            Traits(culture.skins, culture.hairs, women, beards=False),
        )


class Cultures:
    """All cultures, repeated by weight."""

    def __init__(self) -> None:
        parsed = [(_Names(culture), culture.weight) for culture in all_cultures()]
        self._names = [names for names, weight in parsed for _ in range(weight)]
        self._families = [names for names, _ in parsed if names.order == "gf"]

    def draw(self, rng: Random) -> SampleName:
        """Draw a name at random."""
        names = rng.choice(self._names)
        is_woman = rng.random() < 0.5
        given = rng.choice(names.given[is_woman])
        family = rng.choice(names.family)
        return SampleName(
            self._join(rng, names, given, family, is_woman),
            given.latin,
            given.email if names.order == "g" else f"{given.email}.{family.email}",
            is_woman,
            names.places,
            names.traits[is_woman],
        )

    def _join(self, rng: Random, names: _Names, given: _Word, family: _Word, is_woman: bool) -> str:
        if names.order == "fg":
            return f"{family.latin} {given.latin}"
        if names.order == "gff":
            return f"{given.latin} {family.latin} {rng.choice(names.family).latin}"
        if names.order == "gs":
            return f"{given.latin} {family.latin}{'dóttir' if is_woman else 'son'}"
        if names.order == "g":
            return given.latin
        if given.own and family.own:
            return _in_scripts(rng.random(), given, family)
        draw = rng.random()
        if draw > _SHARE_NO_INITIAL:
            return f"{given.latin} {rng.choice(ascii_uppercase)}. {family.latin}"
        if draw < _SHARE_TWO_FAMILIES:
            other = rng.choice(rng.choice(self._families).family)
            return f"{given.latin} {family.latin}-{other.latin}"
        return f"{given.latin} {family.latin}"


def _in_scripts(draw: float, given: _Word, family: _Word) -> str:
    """Return the name in Latin letters, in both scripts, or in its own script only."""
    latin = f"{given.latin} {family.latin}"
    if draw > _SHARE_OWN_SCRIPT:
        return latin
    without_spaces = _WITHOUT_SPACES.match(family.own)
    own = f"{family.own}{given.own}" if without_spaces else f"{given.own} {family.own}"
    return own if draw < _SHARE_OWN_SCRIPT_ONLY else f"{latin} {own}"


def _parse(text: str) -> tuple[_Word, ...]:
    parsed = []
    for word in text.replace("\n", " ").split():
        latin, _, own = word.replace("_", " ").partition("/")
        email = _NOT_IN_EMAIL.sub("", fold(latin))
        parsed.append(_Word(latin, own, email))
    return tuple(parsed)
