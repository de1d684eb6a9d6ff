"""Columns in pairs, as Google Contacts exports them: ``Phone 1 - Label`` and ``Phone 1 - Value``.

The label of each row says what the value is: of work, mobile, or of a home. The values are read as
if they stood in columns of their own behind those of the file.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from app.imports.files import heading_words
from app.imports.files.heading_names import words_of

_NAME = re.compile(
    r"(e mail|email|phone|address)(?:e?s)? (\d{1,2}) (value|label|type|city|locality)"
)
_FIELDS = {
    ("e mail", "value"): ("email",),
    ("email", "value"): ("email",),
    ("phone", "value"): ("phone", "mobile"),
    ("address", "city"): ("location",),
    ("address", "locality"): ("location",),
}
_LABELS = ("label", "type")
# Between several values of one label.
_SEPARATOR = ":::"
_WORK = frozenset(heading_words.WORK.split()) | {"main"}
_MOBILE = frozenset(heading_words.MOBILE.split())
_PRIVATE = frozenset(heading_words.PRIVATE.split()) | frozenset(heading_words.OTHERS.split())


class LabelledColumn(NamedTuple):
    """The column of a value for a field, and that of its label."""

    field: str
    value: int
    label: int

    def cell(self, cells: Sequence[str]) -> str:
        """Return the first value of a row, "" if its label says that it is of another kind."""
        value = cells[self.value]
        if not value or self.field not in _fields_of(cells[self.label]):
            return ""
        return value.partition(_SEPARATOR)[0].strip()


def find_labelled(headings: Sequence[str]) -> tuple[LabelledColumn, ...]:
    """Return the columns of values that have a column of labels."""
    parts = {
        match.groups(): position
        for position, heading in enumerate(headings)
        if (match := _NAME.fullmatch(words_of(heading)))
    }
    return tuple(
        LabelledColumn(field, value, parts[name, number, label])
        for (name, number, part), value in parts.items()
        for field in _FIELDS.get((name, part), ())
        for label in _LABELS
        if (name, number, label) in parts
    )


@lru_cache(maxsize=256)
def _fields_of(label: str) -> frozenset[str]:
    """Return the fields that a value with this label may be of."""
    words = set(words_of(label).split())
    if words & _PRIVATE:
        return frozenset()
    if words & _MOBILE:
        return frozenset({"mobile"})
    if words & _WORK:
        return frozenset({"email", "phone", "location"})
    return frozenset() if words else frozenset({"email", "phone"})
