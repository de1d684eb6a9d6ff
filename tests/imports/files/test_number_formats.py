"""A whole number is read as its number format shows it, where the format shows every digit."""

from __future__ import annotations

import pytest

from app.imports.files.xlsx_number_format import digit_format

PHONE = "[<=9999999]###-####;(###) ###-####"


@pytest.mark.parametrize(
    ("code", "number", "shown"),
    [
        ("000000", 1001, "001001"),
        ("0000000000", 871234567, "0871234567"),
        ("000000", 0, "000000"),
        ("000-000", 1001, "001-001"),
        ("00000", 1234567, "1234567"),
        ("00000-0000", 123456789, "12345-6789"),
        ("000-00-0000", 12345678, "012-34-5678"),
        ("000\\-00\\-0000", 12345678, "012-34-5678"),
        (PHONE, 2065550141, "(206) 555-0141"),
        (PHONE, 5550141, "555-0141"),
        ("[<=9999999]###\\-####;\\(###\\)\\ ###\\-####", 2065550141, "(206) 555-0141"),
        ("(###) ###-####", 2065550141, "(206) 555-0141"),
        ('0#" "##" "##" "##" "##', 123456789, "01 23 45 67 89"),
        ("+00 000 000", 47123456, "+47 123 456"),
        ('"EMP-"0000', 12, "EMP-0012"),
        ("\\E\\M\\P0", 12, "EMP12"),
        ('"E"000000;@', 12, "E000012"),
        ("[Red]0000_);(0000)", 7, "0007"),
        ("[$-409]0000", 7, "0007"),
        ("0000* ", 7, "0007"),
        ("0000;;", 7, "0007"),
        ("??00", 7, "07"),
        ("000000;-000000;\\n\\o\\n\\e0", 0, "none0"),
        ("[>999]00-00;000", 1234, "12-34"),
        ("[>999]00-00;000", 12, "012"),
        ("[=5]000", 6, None),
    ],
)
def test_a_number_is_shown_as_by_its_format(code: str, number: int, shown: str | None) -> None:
    show = digit_format(code)
    assert show is not None
    assert show(number) == shown


@pytest.mark.parametrize(
    "code",
    ["General", "0", "#", "@", "", ";;;", "#,##0", "0.00", "0%", "0.00E+00", "# ?/?", "# ##0",
     '"$"00', "[$€-407]00", "00 €", "$00", "_(* #,##0_)", "0 ", "###0", '"text"', '"open', "\\",
     "0-" * 33],
)  # fmt: skip
def test_a_format_that_adds_nothing_or_is_of_an_amount_leaves_the_number(code: str) -> None:
    assert digit_format(code) is None


def test_a_number_below_zero_or_with_more_digits_than_excel_keeps_is_left() -> None:
    show = digit_format("000000")
    assert show is not None
    assert (show(-5), show(10**15)) == (None, None)
