"""What stands around an address or a number in files and on the clipboard is left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.contact_values import email_address, phone_number, whole_number

SIGNS = st.text(alphabet="ab@.<>()[]:;,? \u200b\uff20", max_size=12)
PHONES = st.text(alphabet="01 +()-./:;=exttel\r\n\u2013\uff11\u0661\u200e", max_size=16)


@pytest.mark.parametrize(
    "text",
    [
        "ben@fjordco.example", "mailto:ben@fjordco.example", "MAILTO: ben@fjordco.example",
        "mailto:ben@fjordco.example?subject=Hello%20you", "Ben Hill <ben@fjordco.example>",
        '"Hill, Ben" <ben@fjordco.example>;', "<ben@fjordco.example>", " ben@fjordco.example; ",
        "ben@fjordco.example <ben@fjordco.example>", "Ben <mailto:ben@fjordco.example>",
        "ben@fjordco.example (Ben Hill)", "SMTP:ben@fjordco.example", "Email: ben@fjordco.example",
        "[ben@fjordco.example](mailto:ben@fjordco.example)", "ben＠fjordco．example",
        "ben@fjordco.example ::: ben@home.example", "\ufeffben@fjordco.example\u200b",
        "\u00a0ben@fjordco.example\u00a0",
    ],
)  # fmt: skip
def test_the_address_is_found(text: str) -> None:
    assert email_address(text) == "ben@fjordco.example"


@pytest.mark.parametrize(
    "text", ["a@x.example; b@x.example", "ben", "<b>", "Ben Hill", "a b@x.example"]
)
def test_what_is_no_single_address_stays(text: str) -> None:
    assert email_address(text) == text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+353 21 555 0100", "+353 21 555 0100"),
        ("tel:+353215550100", "+353215550100"),
        ("tel:+353-21-555-0100;ext=12", "+353-21-555-0100 ext. 12"),
        ("tel:863-1234;phone-context=+1-914-555", "863-1234"),
        ("callto:+353215550100", "+353215550100"),
        ("+353 21 555 0100 ext. 12 (office)", "+353 21 555 0100 ext. 12"),
        ("(mobile) +353 21 555 0100", "+353 21 555 0100"),
        ("+44 (0)20 7946 0018", "+44 (0)20 7946 0018"),
        ("Mobile: +47 900 11 223", "+47 900 11 223"),
        ("W: +47 900 11 223", "+47 900 11 223"),
        ("+47 900 11 223 (work); +47 900 11 224", "+47 900 11 223; +47 900 11 224"),
        ("Work phone: 030 555 0100", "030 555 0100"),
        ("Tel. 030 555 0100", "030 555 0100"),
        ("T: (206) 555-0141", "(206) 555-0141"),
        ("+47 55 00 11 22 ::: +47 55 00 11 23", "+47 55 00 11 22 / +47 55 00 11 23"),
        ("+1 206 555 0141\r\n+1 206 555 0142", "+1 206 555 0141 / +1 206 555 0142"),
        ("4755001122.0", "4755001122"),
        ("０３－１２３４－５６７８", "03-1234-5678"),
        ("٠٢٠ ٧٩٤٦ ٠٠١٨", "020 7946 0018"),
        ("\u202a+47\u00a055\u00a000\u00a011\u00a022\u202c", "+47 55 00 11 22"),
        ("+47 55\u201300\u201111", "+47 55-00-11"),
        ("'030 555 0100", "030 555 0100"),
        ("office", "office"),
        ("(office)", "(office)"),
        ("", ""),
    ],
)
def test_the_number_is_found(text: str, number: str) -> None:
    assert phone_number(text) == number


@given(SIGNS, PHONES)
def test_what_was_cleaned_is_clean(address: str, number: str) -> None:
    assert email_address(email_address(address)) == email_address(address)
    assert phone_number(phone_number(number)) == phone_number(number)


def test_a_number_with_the_decimal_of_a_program_is_whole() -> None:
    assert whole_number("1001.0") == whole_number("１００１") == "1001"
    assert whole_number("'001001") == "001001"
    assert (whole_number("1.0"), whole_number("E-10.01"), whole_number("10.50")) == (
        "1.0", "E-10.01", "10.50",
    )  # fmt: skip
