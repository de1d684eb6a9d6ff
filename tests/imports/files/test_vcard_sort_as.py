"""Where a card is sorted is read from both versions, unless the name says it already."""

from dataclasses import replace

import pytest

from app.exports.vcards import vcard
from app.model.employee import Employee
from tests.imports.files.test_vcards import read

ADA = Employee(id="1", full_name="Ada King", sort_as="King")


def sorted_as(*lines: str, name: str = "Gabriel García Márquez") -> str | None:
    text = "\r\n".join(("BEGIN:VCARD", "VERSION:4.0", f"FN:{name}", *lines, "END:VCARD", ""))
    [cells] = read(text)
    return cells.get("Sort as")


@pytest.mark.parametrize("sort_as", ["King", "García Márquez, Gabriel", "a; b\\, c", ""])
def test_ours_comes_back_whole(sort_as: str) -> None:
    [cells] = read(vcard(replace(ADA, sort_as=sort_as)))
    assert cells.get("Sort as", "") == sort_as


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("SORT-STRING:García Márquez", "García Márquez"),
        ('N;SORT-AS="García Márquez,Gabriel":García Márquez;Gabriel;;;', "García Márquez, Gabriel"),
        ("N;SORT-AS=Garcia:García Márquez;Gabriel;;;", "Garcia"),
        ("ORG;SORT-AS=Example:Example S.A.", None),
        ("SORT-STRING:", None),
        ("SORT-STRING:Márquez", None),
        ('N;SORT-AS="Marquez,Gabriel García":García Márquez;Gabriel;;;', None),
    ],
)
def test_another_program_s_is_read_where_it_differs(line: str, expected: str | None) -> None:
    assert sorted_as(line) == expected
