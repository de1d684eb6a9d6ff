"""How names are put together, each culture in its way."""

from __future__ import annotations

import re
from random import Random
from string import ascii_uppercase
from typing import NamedTuple

from app.samples.culture import Culture
from app.samples.faces import Traits
from app.samples.names import CULTURES
from app.text.folding import fold

_STYLES_OF_WOMEN = ("bob", "long", "bun", "tail", "curly", "crop", "waves")
_STYLES_OF_MEN = ("short", "short", "crop", "waves", "bald")
_NOT_IN_MAIL = re.compile(r"[^a-z0-9-]")
_WITHOUT_SPACES = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")

_TWO_FAMILIES = 0.04
_NO_INITIAL = 0.88
_ONLY_OWN_SCRIPT = 0.12
_BOTH_SCRIPTS = 0.45


class Named(NamedTuple):
    """A name, and what goes with it."""

    full_name: str
    short_name: str
    mail_name: str
    is_woman: bool
    places: tuple[str, ...]
    traits: Traits


class _Word(NamedTuple):
    """One name in Latin letters, in its own script if there is one, and as mail has it."""

    latin: str
    own: str
    mail: str


class _Names:
    """The names of one culture, taken apart once."""

    def __init__(self, culture: Culture) -> None:
        self.order = culture.order
        self.given = (_words(culture.men), _words(culture.women))
        self.family = _words(culture.family)
        self.places = tuple(place.replace("_", " ") for place in culture.places.split())
        own = (culture.style,) * 3 if culture.style else ()
        men = (*_STYLES_OF_MEN, *(own if culture.style != "scarf" else ()))
        women = (*_STYLES_OF_WOMEN, *(own if culture.style != "turban" else ()))
        self.traits = (
            Traits(culture.skins, culture.hairs, men, beards=True),
            Traits(culture.skins, culture.hairs, women, beards=False),
        )


class Cultures:
    """All cultures, each as often as it is to come."""

    def __init__(self) -> None:
        each = [(_Names(culture), culture.weight) for culture in CULTURES]
        self._names = [names for names, weight in each for _ in range(weight)]
        self._families = [names for names, _ in each if names.order == "gf"]

    def draw(self, chance: Random) -> Named:
        """A person's name."""
        names = chance.choice(self._names)
        is_woman = chance.random() < 0.5
        given = chance.choice(names.given[is_woman])
        family = chance.choice(names.family)
        return Named(
            self._joined(chance, names, given, family, is_woman),
            given.latin,
            given.mail if names.order == "g" else f"{given.mail}.{family.mail}",
            is_woman,
            names.places,
            names.traits[is_woman],
        )

    def _joined(
        self, chance: Random, names: _Names, given: _Word, family: _Word, is_woman: bool
    ) -> str:
        if names.order == "fg":
            return f"{family.latin} {given.latin}"
        if names.order == "gff":
            return f"{given.latin} {family.latin} {chance.choice(names.family).latin}"
        if names.order == "gs":
            return f"{given.latin} {family.latin}{'dóttir' if is_woman else 'son'}"
        if names.order == "g":
            return given.latin
        if given.own and family.own:
            return _in_scripts(chance.random(), given, family)
        luck = chance.random()
        if luck > _NO_INITIAL:
            return f"{given.latin} {chance.choice(ascii_uppercase)}. {family.latin}"
        if luck < _TWO_FAMILIES:
            other = chance.choice(chance.choice(self._families).family)
            return f"{given.latin} {family.latin}-{other.latin}"
        return f"{given.latin} {family.latin}"


def _in_scripts(luck: float, given: _Word, family: _Word) -> str:
    """Latin letters, the own script behind them, or the own script only."""
    latin = f"{given.latin} {family.latin}"
    if luck > _BOTH_SCRIPTS:
        return latin
    together = _WITHOUT_SPACES.match(family.own)
    own = f"{family.own}{given.own}" if together else f"{given.own} {family.own}"
    return own if luck < _ONLY_OWN_SCRIPT else f"{latin} {own}"


def _words(text: str) -> tuple[_Word, ...]:
    found = []
    for word in text.replace("\n", " ").split():
        latin, _, own = word.replace("_", " ").partition("/")
        mail = _NOT_IN_MAIL.sub("", fold(latin))
        found.append(_Word(latin, own, mail))
    return tuple(found)
