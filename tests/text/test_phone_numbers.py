"""What a person would dial for a number, however it is written."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.phone_numbers import is_region, numbers_in, use_region

# The shapes of a file that people have, with the numbers that a person would dial.
PHONES = """Name,Phone
Trunk Zero,+44 (0)20 7946 0018
Trunk Zero De,+49 (0) 30 123456
Ext X,+1 206 555 0141 x12
Ext Capital,+1 206 555 0141 Ext. 77
Ext Comma,"+1 206 555 0141,77"
Two Numbers,+1 206 555 0141 / +1 206 555 0142
"""


def dialled(text: str) -> list[str]:
    return [number.uri for number in numbers_in(text)]


def test_a_file_that_people_have_dials_what_they_would() -> None:
    rows = csv.DictReader(StringIO(PHONES))
    assert {row["Name"]: dialled(row["Phone"]) for row in rows} == {
        "Trunk Zero": ["+442079460018"],
        "Trunk Zero De": ["+4930123456"],
        "Ext X": ["+12065550141;ext=12"],
        "Ext Capital": ["+12065550141;ext=77"],
        "Ext Comma": ["+12065550141;ext=77"],
        "Two Numbers": ["+12065550141", "+12065550142"],
    }


@pytest.mark.parametrize(
    "text",
    [
        "+44 20 7946 0018",
        "+44 (0)20 7946 0018",
        "+44(0)2079460018",
        "+44 020 7946 0018",
        "0044 20 7946 0018",
        "0044 (0)20 7946 0018",
        "(+44) 20-7946-0018",
        "tel: +44.20.7946.0018",
        "＋４４ ２０ ７９４６ ００１８",
        "+٤٤ ٢٠ ٧٩٤٦ ٠٠١٨",
    ],
)
def test_the_international_form_needs_no_region(text: str) -> None:
    assert dialled(text) == ["+442079460018"]


@pytest.mark.parametrize(
    ("region", "text", "number"),
    [
        ("IL", "03-555-0118", "+97235550118"),
        ("IL", "00972 3 555 0118", "+97235550118"),
        ("DE", "030/1234567", "+49301234567"),
        ("US", "(206) 555-0141", "+12065550141"),
        ("US", "1 206 555 0141", "+12065550141"),
        ("US", "011 44 20 7946 0018", "+442079460018"),
        ("US", "+44 (0)20 7946 0018", "+442079460018"),
        ("US", "0044 20 7946 0018", "+442079460018"),
        ("RU", "8 (495) 123-45-67", "+74951234567"),
        ("IT", "06 1234 5678", "+390612345678"),
        ("US", "555 0118", "5550118"),
        ("IL", "206 555 0141", "2065550141"),
        ("DE", "4711", "4711"),
        ("GB", "112", "112"),
        ("", "03-555-0118", "035550118"),
        ("", "(206) 555-0141", "2065550141"),
        ("IL", "*2700", "*2700"),
        ("CN", "010-65529988-8001", "+861065529988;ext=8001"),
        ("DE", "030/5551234-56", "+4930555123456"),
        ("", "+44 20 7946 0018 room 12", "+442079460018"),
        ("", "020 7946 0018 (Haus 3)", "02079460018"),
    ],
)
def test_other_numbers_are_of_the_region_or_dialled_as_they_stand(
    region: str, text: str, number: str
) -> None:
    use_region(region)
    assert dialled(text) == [number]


@pytest.mark.parametrize(
    "written",
    [
        "x12", " x 12", " x.12", " ext 12", " ext. 12", " Ext: 12", " EXT12", " extension 12",
        ", ext 12", " (ext. 12)", " (x12)", " - ext 12", "#12", " # 12", ";ext=12", "; ext=12",
        ",12", ", 12", ",,12", ",12#", "~12", " Durchwahl 12", " DW 12", " Nebenstelle 12",
        " poste 12", " anexo 12", " ramal 12", " int. 12", " доб. 12", " 内線12", " ext １２",
        " 转 12", " option 12", " - ext - 12", " w12", " p 12", " wait 12",
    ],
)  # fmt: skip
def test_an_extension_is_kept_apart_in_every_spelling(written: str) -> None:
    assert dialled(f"+1 206 555 0141{written}") == ["+12065550141;ext=12"]
    assert dialled(f"206-555-0141{written}") == ["2065550141;ext=12"]


@pytest.mark.parametrize(
    "between",
    [
        "/",
        " / ",
        ", ",
        ";",
        " ; ",
        " or ",
        " OR ",
        " oder ",
        " eller ",
        " ou ",
        " and ",
        " & ",
        " | ",
        "\n",
    ],
)
def test_two_numbers_are_two(between: str) -> None:
    both = dialled(f"+1 206 555 0141{between}+44 (0)20 7946 0018 x3")
    assert both == ["+12065550141", "+442079460018;ext=3"]
    assert dialled(f"206 555 0141{between}206 555 0142") == ["2065550141", "2065550142"]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("+49 30/123456", ["+4930123456"]),
        ("0221/4710-123", ["02214710123"]),
        ("+49 33638/1234567", ["+49336381234567"]),
        ("555 0141/42", ["5550141", "5550142"]),
        ("020 7946 0018 / 0019", ["02079460018", "02079460019"]),
        ("+1 206 555 0141/2", ["+12065550141", "+12065550142"]),
        ("4711/4712", ["4711", "4712"]),
        ("4711 or 4712", ["4711", "4712"]),
        ("206 555 0141 ext 5 / 206 555 0142 ext 6", ["2065550141;ext=5", "2065550142;ext=6"]),
        ("01632 960123 / 960124", ["01632960123", "01632960124"]),
        ("+1 206 555 0141 / 555 0142", ["+12065550141", "+12065550142"]),
        ("020 7946 0018 / 0171 123 4567", ["02079460018", "01711234567"]),
        ("+1 206 555 0141 x12/13", ["+12065550141;ext=12", "+12065550141;ext=13"]),
        ("+1 206 555 0141 +44 20 7946 0018", ["+12065550141", "+442079460018"]),
        ("01 42 68 53 00 - 06 12 34 56 78", ["0142685300", "0612345678"]),
        ("+49 30 - 5551234", ["+49305551234"]),
        ("12", []),
        ("none", []),
        ("", []),
        ("ext 12", []),
    ],
)
def test_a_slash_may_be_within_a_number_or_between_two(text: str, numbers: list[str]) -> None:
    assert dialled(text) == numbers


@given(st.text(max_size=300) | st.text("+0123456789 ()/,;x#or", max_size=60))
def test_any_text_is_read_and_its_numbers_can_be_dialled(text: str) -> None:
    for number in numbers_in(text):
        digits = number.dial.removeprefix("+").removeprefix("*")
        assert digits.isascii()
        assert digits.isdigit()
        assert len(digits) >= 3
        assert not number.extension or number.extension.isascii()


def test_a_region_has_two_letters() -> None:
    assert is_region("IL")
    assert not any(map(is_region, ("", "UK", "il", "ISR", "001")))
