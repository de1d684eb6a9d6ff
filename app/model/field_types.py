"""What a row of the table of fields says; the table itself is fields.py."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from app.text.folding import LINE_CHARACTERS


class Kind(Enum):
    """What a field holds, which decides how it is cleaned, checked, typed and shown."""

    LINE = "a text of one line"
    TEXT = "a text of several lines"
    EMAIL = "an email address"
    PHONE = "a phone number"
    DATE = "a date, as 2024-02-29"
    BADGES = "keys of badges"
    PHOTO = "the key of a photo"


class Searched(Enum):
    """How a search finds an employee by a field."""

    NO = "not at all"
    EXACT = "by words as they are spelled"
    FUZZY = "by words, and by similar ones"


class Section(Enum):
    """A part of the form, in its order."""

    PERSONAL = "Personal details"
    JOB = "Job"
    CONTACT = "Contact details"
    PHOTO = "Photo"
    BADGES = "Badges"
    ABOUT = "About"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of an employee: its words, its rules, and where it is shown, searched and stored.

    ``name`` is the attribute of Employee, the key in JSON Lines, and the column in SQL and in the
    data lake; ``attribute`` that of DynamoDB, where it is another. ``digest`` is the position in a
    revision: it never changes, and a new field has the next number.
    """

    name: str
    label: str
    digest: int
    section: Section
    kind: Kind = Kind.LINE
    max_characters: int = LINE_CHARACTERS
    # What to do where it is empty; "" where it may be.
    required: str = ""
    hint: str = ""
    # Over both columns of the form.
    is_wide: bool = False
    # Its label among the facts of an employee's page; None as elsewhere, "" where it is not one.
    fact: str | None = None
    # The headings of an import, folded and without marks, separated by commas.
    headings: str = ""
    # Characters that its column of an export shows at once; 0 where it is not exported.
    export_width: int = 0
    # The property of a vCard with {} for the value; "" where it is in none.
    vcard: str = ""
    # Whether lists show it. A card is stored in each index row of DynamoDB: to change this
    # rewrites the rows of every employee.
    in_card: bool = False
    searched: Searched = Searched.NO
    attribute: str = ""
    # Whether the course's app has it as well.
    is_of_course: bool = False

    @property
    def is_text(self) -> bool:
        """Whether its value is a text that people type."""
        return self.kind not in (Kind.BADGES, Kind.PHOTO)

    @property
    def dynamodb_attribute(self) -> str:
        """Its attribute in the table Employees."""
        return self.attribute or self.name


class Facet(NamedTuple):
    """A filter of the list, whose values are counted.

    ``name`` is the attribute of Query and the parameter of an address, ``counts`` the attribute of
    Facets; the kinds are those of its views in the index of either store.
    """

    name: str
    label: str
    plural: str
    counts: str
    dynamodb_kind: str
    sql_kind: str
