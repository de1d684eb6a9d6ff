"""Recognize the columns of a file by their headings, in several languages."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from app.model.fields import FIELDS
from app.model.kinds import Kind
from app.text.folding import fold
from app.text.sanitizing import clean_line

FIRST_NAME, LAST_NAME = "first_name", "last_name"

# Headings of each field: folded, with a space for everything but letters and digits.
_HEADINGS: Mapping[str, str] = {
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
# Headings of full names with the last name first, as in "Byron, Ada".
_REVERSED = (
    "surname first name, surname firstname, surname forename, surname given name, "
    "last name first name, lastname firstname, last first, last first name, "
    "family name given name, family name first name, nachname vorname, familienname vorname, "
    "name vorname, name last first, nom prenom, nom de famille prenom, apellido nombre, "
    "apellidos nombre"
)
_REVERSED_NAMES = frozenset(_REVERSED.split(", "))
# Beside a first name, this heading means the last name, as in the German "Vorname, Name".
_LAST_OR_FULL = "name"
_FIELD_OF = dict.fromkeys(_REVERSED_NAMES, "full_name")
# The second field of a heading that two fields have.
_SECOND_FIELD_OF: dict[str, str] = {}
for _field, _names in _HEADINGS.items():
    for _name in _names.split(", "):
        if _FIELD_OF.setdefault(_name, _field) != _field:
            _SECOND_FIELD_OF[_name] = _field
_NUMBER_SIGN = "#"
# What is a number without being called one: Tel #, ID #.
_NUMBERS = {"id", *(field.name for field in FIELDS if field.kind is Kind.PHONE)}
_MAX_HEADING_CHARACTERS = 60
_BRACKETS = re.compile(r"\([^()]*\)\s*$")
_CAMEL_CASE = re.compile(r"([a-z])([A-Z])")
_SEPARATORS = re.compile(r"[^\w]+|_+")


class Columns(NamedTuple):
    """The columns of a file: the position and the original heading of each field.

    ``ignored`` are the headings of the other columns. If ``last_name_first``, full names are
    written so; if ``last_name_may_be_full``, the last name's column may hold full names.
    """

    positions: Mapping[str, int]
    headings: Mapping[str, str]
    ignored: tuple[str, ...]
    width: int
    last_name_first: bool = False
    last_name_may_be_full: bool = False

    @property
    def fields(self) -> frozenset[str]:
        """The fields of an employee that the file has a column for."""
        joined = {"full_name"} if {FIRST_NAME, LAST_NAME} & self.positions.keys() else set()
        return frozenset(self.positions.keys() - {FIRST_NAME, LAST_NAME, "id"} | joined)

    def heading_of(self, field: str) -> str:
        """Return the heading of a field in the file; "" if it has no column."""
        if field == "full_name" and field not in self.headings:
            names = (self.headings.get(name, "") for name in (FIRST_NAME, LAST_NAME))
            return " + ".join(filter(None, names))
        return self.headings.get(field, "")


def field_of(heading: str) -> str:
    """Return the field that a heading names by itself, or ""."""
    return _FIELD_OF.get(_known_name(heading), "")


def _known_name(heading: str) -> str:
    """Return the known name of a heading, or "".

    A suffix in brackets is ignored if needed: ``Email address (work)``. A # stands for "number",
    so ``Position #`` is no job title.
    """
    if _NUMBER_SIGN in heading:
        numbered = _known_name(heading.replace(_NUMBER_SIGN, " number "))
        plain = _known_name(heading.replace(_NUMBER_SIGN, " "))
        return numbered or (plain if _FIELD_OF.get(plain) in _NUMBERS else "")
    names = _folded(heading), _folded(_BRACKETS.sub("", heading))
    return next((name for name in names if name in _FIELD_OF), "")


def _fields_of(headings: Sequence[str]) -> list[str]:
    """Return the field of each heading, in a file that has all of them."""
    names = [_known_name(heading) for heading in headings]
    others = {_FIELD_OF.get(name) for name in names if name not in _SECOND_FIELD_OF}
    return [
        _SECOND_FIELD_OF[name]
        if name in _SECOND_FIELD_OF and _FIELD_OF[name] in others
        else _FIELD_OF.get(name, "")
        for name in names
    ]


def _folded(heading: str) -> str:
    spaced = _CAMEL_CASE.sub(r"\1 \2", heading)  # jobTitle
    return _SEPARATORS.sub(" ", fold(spaced)).strip()


def count_known(headings: Sequence[str]) -> int:
    """Return the number of different fields that the headings name."""
    return len({field_of(heading) for heading in headings} - {""})


def read_headings(headings: Sequence[str]) -> Columns:
    """Recognize the columns; of two with the same field the first is used."""
    positions: dict[str, int] = {}
    ignored = []
    width = max((position for position, text in enumerate(headings, 1) if text.strip()), default=0)
    for position, field in enumerate(_fields_of(headings[:width])):
        heading = headings[position]
        if field and field not in positions:
            positions[field] = position
        elif heading.strip():
            ignored.append(_cleaned(heading))
    name = headings[positions["full_name"]] if "full_name" in positions else ""
    is_last_or_full = (
        _folded(name) == _LAST_OR_FULL and FIRST_NAME in positions and LAST_NAME not in positions
    )
    if is_last_or_full:
        positions[LAST_NAME] = positions.pop("full_name")
    if "full_name" in positions:  # its parts are redundant
        for part in (FIRST_NAME, LAST_NAME):
            if part in positions:
                ignored.append(_cleaned(headings[positions.pop(part)]))
    cleaned = {field: _cleaned(headings[position]) for field, position in positions.items()}
    last_name_first = _folded(name) in _REVERSED_NAMES
    return Columns(positions, cleaned, tuple(ignored), width, last_name_first, is_last_or_full)


def _cleaned(heading: str) -> str:
    return clean_line(heading)[:_MAX_HEADING_CHARACTERS]
