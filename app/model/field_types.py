"""The types of a row of the table of fields; the table itself is in fields.py."""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from app.model.kinds import Kind
from app.text.folding import LINE_CHARACTERS


class Searched(Enum):
    """How a search finds an employee by a field."""

    NO = "not at all"
    EXACT = "by words as they are spelled"
    FUZZY = "by words, and by similar ones"
    NUMBER = "by the end of a phone number"
    LAST = "by words, after everybody who is found by other fields"


class Section(Enum):
    """The sections of the form, in its order."""

    PERSONAL = "Personal details"
    JOB = "Job"
    CONTACT = "Contact details"
    PHOTO = "Photo"
    BADGES = "Badges"
    ABOUT = "About"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of an employee: its label and rules, and where it is shown, searched and stored.

    ``name`` is the attribute of Employee, the key in JSON Lines, and the column in SQL and in the
    data lake; ``attribute`` is the one in DynamoDB if it differs. ``digest`` is the position in a
    revision: it never changes, and a new field gets the next number.
    """

    name: str
    label: str
    digest: int
    # None if the form has no input of its own for it.
    section: Section | None
    kind: Kind = Kind.LINE
    max_characters: int = LINE_CHARACTERS
    # The message if it is empty; "" if it may be.
    required: str = ""
    hint: str = ""
    # Whether it spans both columns of the form.
    is_wide: bool = False
    # Its label among the facts on an employee's page if it differs; "" if it is not one of them.
    fact: str | None = None
    # The width of its column in an export, in characters; 0 if it is not exported.
    export_width: int = 0
    # The property of a vCard with {} for the value; "" if it is not in one, or written by itself.
    vcard: str = ""
    # Whether lists show it. Each index row of DynamoDB stores a card: changing this rewrites the
    # rows of every employee.
    in_card: bool = False
    searched: Searched = Searched.NO
    attribute: str = ""
    # Whether the course's app also has it.
    is_of_course: bool = False
    # Whether employees may hide it from everybody but themselves and editors.
    is_hideable: bool = False

    @property
    def is_text(self) -> bool:
        """Return whether its value is typed text."""
        return self.kind not in (Kind.BADGES, Kind.PHOTO, Kind.NAMES)

    @property
    def fact_label(self) -> str:
        """Return its label among the facts on an employee's page, "" if it is not one of them."""
        if self.kind is Kind.TEXT or not self.is_text:
            return ""
        return self.label if self.fact is None else self.fact

    @property
    def dynamodb_attribute(self) -> str:
        """Return its attribute in the table Employees."""
        return self.attribute or self.name


class Facet(NamedTuple):
    """A filter of the list, whose values are counted.

    ``name`` is the attribute of Query and the URL parameter, ``counts`` the attribute of Facets;
    the kinds are those of its rows in the index of each store.
    """

    name: str
    label: str
    plural: str
    counts: str
    dynamodb_kind: str
    sql_kind: str
