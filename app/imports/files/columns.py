"""What the columns of a file are about: their headings, in the ways that people write them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from app.model.fields import FIELDS
from app.text.folding import fold
from app.text.sanitizing import clean_line

FIRST_NAME, LAST_NAME = "first_name", "last_name"

# Folded, with every mark that is no letter or figure read as a space.
_NAMES: Mapping[str, str] = {
    "id": "id, employee id, person id, record id, uuid, guid",
    FIRST_NAME: (
        "first name, firstname, first, given name, forename, vorname, prenom, nombre, "
        "nombre de pila, nome"
    ),
    LAST_NAME: (
        "last name, lastname, last, surname, family name, nachname, familienname, nom, "
        "nom de famille, apellido, apellidos, cognome, sobrenome, apelido"
    ),
    **{field.name: field.headings for field in FIELDS if field.headings},
}
# The full name turned round, as in "Byron, Ada".
_TURNED = (
    "surname first name, surname firstname, surname forename, surname given name, "
    "last name first name, lastname firstname, last first, last first name, "
    "family name given name, family name first name, nachname vorname, familienname vorname, "
    "name vorname, name last first, nom prenom, nom de famille prenom, apellido nombre, "
    "apellidos nombre"
)
_TURNED_NAMES = frozenset(_TURNED.split(", "))
# Beside the first name it is the last one, as in the German "Vorname, Name".
_LAST_OR_WHOLE = "name"
_FIELD_OF = dict.fromkeys(_TURNED_NAMES, "full_name") | {
    name: field for field, names in _NAMES.items() for name in names.split(", ")
}
_LONGEST_HEADING = 60
_BRACKETS = re.compile(r"\([^()]*\)\s*$")
_CAPITAL_WITHIN = re.compile(r"([a-z])([A-Z])")
_NO_WORD = re.compile(r"[^\w]+|_+")


class Columns(NamedTuple):
    """Which cell of a row is which field.

    ``places`` holds the place of each field, ``headings`` its heading as it stands in the file.
    ``left_out`` are the headings of the columns that are not read. ``is_turned`` says that the
    full name stands with the last name first, ``is_last_or_whole`` that what is taken for the last
    name may be the full one.
    """

    places: Mapping[str, int]
    headings: Mapping[str, str]
    left_out: tuple[str, ...]
    width: int
    is_turned: bool = False
    is_last_or_whole: bool = False

    @property
    def fields(self) -> frozenset[str]:
        """The fields of a person that the file has a column for."""
        joined = {"full_name"} if {FIRST_NAME, LAST_NAME} & self.places.keys() else set()
        return frozenset(self.places.keys() - {FIRST_NAME, LAST_NAME, "id"} | joined)

    def heading_of(self, field: str) -> str:
        """What the file calls a field; empty where it has no column for it."""
        if field == "full_name" and field not in self.headings:
            names = (self.headings.get(name, "") for name in (FIRST_NAME, LAST_NAME))
            return " + ".join(filter(None, names))
        return self.headings.get(field, "")


def field_of(heading: str) -> str:
    """The field that a heading names; empty where nobody knows.

    What stands in brackets behind it may say more than the name: ``Email address (work)``.
    """
    found = _FIELD_OF.get(_folded(heading), "")
    return found or _FIELD_OF.get(_folded(_BRACKETS.sub("", heading)), "")


def _folded(heading: str) -> str:
    apart = _CAPITAL_WITHIN.sub(r"\1 \2", heading)  # jobTitle, as programs write it
    return _NO_WORD.sub(" ", fold(apart)).strip()


def count_known(headings: Sequence[str]) -> int:
    """How many different fields these headings name."""
    return len({field_of(heading) for heading in headings} - {""})


def read_headings(headings: Sequence[str]) -> Columns:
    """The columns of a file; of two that name the same field the first counts."""
    places: dict[str, int] = {}
    left_out = []
    width = max((place for place, text in enumerate(headings, 1) if text.strip()), default=0)
    for place, heading in enumerate(headings[:width]):
        field = field_of(heading)
        if field and field not in places:
            places[field] = place
        elif heading.strip():
            left_out.append(_shown(heading))
    name = headings[places["full_name"]] if "full_name" in places else ""
    is_last = _folded(name) == _LAST_OR_WHOLE and FIRST_NAME in places and LAST_NAME not in places
    if is_last:
        places[LAST_NAME] = places.pop("full_name")
    if "full_name" in places:  # then the parts of it say nothing more
        for part in (FIRST_NAME, LAST_NAME):
            if part in places:
                left_out.append(_shown(headings[places.pop(part)]))
    named = {field: _shown(headings[place]) for field, place in places.items()}
    is_turned = _folded(name) in _TURNED_NAMES
    return Columns(places, named, tuple(left_out), width, is_turned, is_last)


def _shown(heading: str) -> str:
    return clean_line(heading)[:_LONGEST_HEADING]
