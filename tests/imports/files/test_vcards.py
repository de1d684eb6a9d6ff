"""Contacts of phones and mail programs are read as rows, and what is private stays out."""

from __future__ import annotations

import io
from typing import Any

import pytest

from app.exports.vcards import Extras, vcard
from app.imports.errors import FileTooLarge
from app.imports.files import vcard_cards
from app.imports.files.line_limit import MAX_LINE_BYTES
from app.imports.files.table import Table
from app.model.errors import PhotoRejected
from tests.exports.test_exports import WHOLE
from tests.support.vcard_files import (
    FACE,
    GOOGLE,
    IPHONE,
    MACOS,
    OUTLOOK,
    VERSION_4,
    card,
    photo_line,
)  # fmt: skip


def table(content: str | bytes) -> Table:
    return Table(io.BytesIO(content.encode() if isinstance(content, str) else content))


def read(content: str | bytes) -> list[dict[str, Any]]:
    """The filled cells of each card by heading."""
    found = table(content)
    return [
        {name: text for name, text in zip(found.headings, row.cells, strict=True) if text}
        for row in found.rows()
    ]


def notices(content: str | bytes) -> tuple[str, ...]:
    found = table(content)
    list(found.rows())
    return found.notices()


def test_a_card_of_an_iphone() -> None:
    assert read(IPHONE) == [
        {
            "Full name": "Chidi Okafor",
            "Preferred name": "Chi",
            "Job title": "Field Engineer",
            "Department": "Field Service",
            "Location": "Berlin",
            "Email": "chidi@example.com",
            "Phone": "+49 30 555 0118",
            "Mobile": "+49 1512 5550118",
        }
    ]
    unread = "Company, Home email, Home phone, Home address, Website, Birthday, Note"
    assert notices(IPHONE) == (f"Not read of the contacts: {unread}.",)
    assert table(IPHONE).source_description == "Contacts (vCard 3.0), 1 photo"


def test_a_card_of_google_contacts() -> None:
    assert read(GOOGLE) == [
        {
            "Full name": "Dr. Noor van der Berg",
            "Job title": "Controller",
            "Department": "Finance",
            "Location": "Amsterdam",
            "Email": "noor@example.com",
            "Phone": "+31 20 555 0142",
            "Badges": "Coffee Snob",
        }
    ]
    [notice] = notices(GOOGLE)
    assert "Photo links, which are not fetched" in notice
    assert "Other emails" in notice


@pytest.mark.parametrize("times", [1, 3])
def test_a_card_of_outlook(times: int) -> None:
    expected = {
        "Full name": "Jürgen Müller",
        "Job title": "Leiter Einkäufe und Lager",
        "Department": "Einkauf und Qualität",
        "Location": "München",
        "Email": "j.mueller@example.com",
        "Phone": "+49 (89) 555-0127",
        "Mobile": "+49 170 555 0127",
    }
    assert read(OUTLOOK * times) == [expected] * times
    found = table(OUTLOOK)
    assert [found.read_photo(row, 10 << 20) for row in found.rows()] == [FACE]


def test_a_card_of_macos() -> None:
    [amara] = read(MACOS)
    assert amara["Full name"] == "山田 太郎"
    assert (amara["Department"], amara["Location"]) == ("開発部", "千代田区")
    assert "Id" not in amara


def test_a_card_of_version_4() -> None:
    assert read(VERSION_4) == [
        {
            "Full name": "Ana Ruiz",
            "Job title": "Account Manager",
            "Department": "Ventas",
            "Location": "Madrid",
            "Time zone": "Europe/Madrid",
            "Email": "ana@example.com",
            "Phone": "+34-91-555-0118 ext 12",
            "Mobile": "+34-600-555-018",
        }
    ]
    found = table(VERSION_4)
    assert [found.read_photo(row, 10 << 20) for row in found.rows()] == [FACE]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_in_any_unicode_is_read(encoding: str) -> None:
    both = IPHONE + MACOS
    assert read(both.encode(encoding)) == read(both)
    found = table(both.encode(encoding))
    assert [found.read_photo(row, 10 << 20) for row in found.rows()] == [FACE, FACE]


@pytest.mark.parametrize("line_end", ["\n", "\r"])
def test_other_line_ends_are_read(line_end: str) -> None:
    assert read((IPHONE + GOOGLE).replace("\r\n", line_end)) == read(IPHONE + GOOGLE)


def test_a_legacy_encoding_without_a_name_is_recognised() -> None:
    text = card("FN:Jürgen Müßig", "TITLE:Prüfer", "ADR;WORK:;;;Köln;;;", version="2.1")
    assert read(text.encode("cp1252"))[0]["Full name"] == "Jürgen Müßig"


def test_our_own_card_comes_back_whole_and_another_one_only_in_public() -> None:
    raw = vcard(WHOLE, Extras("Acme; Ltd", "https://x.example/employee/amara", FACE)).decode()
    [ours] = read(raw)
    assert ours["Id"] == "amara"
    assert ours["About"] == WHOLE.about
    assert ours["Start date"] == WHOLE.start_date
    assert ours["Pronouns"] == "she/her"
    assert ours["Badges"] == "Linux User, Employee of the Month"
    assert notices(raw) == ()
    [theirs] = read(raw.replace("Employee Directory", "Some Phone"))
    assert not {"Id", "About"} & theirs.keys()


def problems(content: str) -> list[str]:
    return [row.problem for row in table(content).rows()]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (card("FN:Acme", "X-ABShowAs:COMPANY"), "of a company"),
        (card("FN:All", "KIND:group", version="4.0"), "of a group"),
        (card("FN:Ada")[:-11], "has no end"),
        (card("FN:Ada", *["X-A:1"] * vcard_cards.MAX_PROPERTIES), "1,000 lines at most"),
        (card(f"FN:{'Ada ' * 60_000}"), "200,000 characters at most"),
        (card("FN;CHARSET=utf-8;ENCODING=QUOTED-PRINTABLE:=FC"), "cannot be read"),
    ],
)
def test_a_card_that_cannot_be_read_says_why_and_costs_no_other(content: str, words: str) -> None:
    ada = card("FN:Next")
    told = problems(content + ada)
    assert words in told[0]
    assert told[1:] == [""]
    assert read(content + ada)[1] == {"Full name": "Next"}


def test_a_card_within_a_card_is_somebody_else_s() -> None:
    agent = card("FN:The agent").strip()
    assert read(card("FN:Ada", f"AGENT:\r\n{agent}", "TITLE:Boss", version="2.1")) == [
        {"Full name": "Ada", "Job title": "Boss"}
    ]


def test_a_name_is_made_of_its_parts_where_there_is_no_other() -> None:
    assert read(card("N:Byron;Ada;King;Lady;", version="2.1")) == [{"Full name": "Ada King Byron"}]
    assert read(card("N:Ruiz\\;Sanz;Ana\\, María;;;"))[0]["Full name"] == "Ana, María Ruiz;Sanz"


@pytest.mark.parametrize(
    ("lines", "phone", "mobile"),
    [
        (["TEL:1234567"], "1234567", None),
        (["TEL;TYPE=HOME:1234567"], None, None),
        (["TEL;TYPE=HOME,CELL:1234567"], None, None),
        (["TEL;TYPE=FAX,WORK:111111", "TEL;TYPE=PAGER:222222"], None, None),
        (["TEL;TYPE=VOICE:111111", "TEL;TYPE=WORK:222222"], "222222", None),
        (["TEL;TYPE=WORK:111111", "TEL;TYPE=WORK,PREF:222222"], "222222", None),
        (["TEL;TYPE=CELL:111111", "TEL;TYPE=CELL,WORK:222222"], None, "222222"),
        (["a.TEL:111111", "a.X-ABLabel:Privat"], None, None),
        (["a.TEL:111111", "a.X-ABLabel:_$!<HomeFAX>!$_"], None, None),
        (["a.TEL:111111", "a.X-ABLabel:_$!<Mobile>!$_"], None, "111111"),
    ],
)
def test_a_phone_is_that_of_work(lines: list[str], phone: str | None, mobile: str | None) -> None:
    [found] = read(card("FN:Ada", *lines))
    assert (found.get("Phone"), found.get("Mobile")) == (phone, mobile)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (photo_line(b"x" * (11 << 20)), "more than 10 MB"),
        ("PHOTO;ENCODING=b:***", "damaged"),
        ("PHOTO;ENCODING=b:abc", "damaged"),
    ],
)
def test_a_photo_that_is_none_is_told(line: str, words: str) -> None:
    found = table(card("FN:Ada", line))
    [row] = found.rows()
    with pytest.raises(PhotoRejected, match=words):
        found.read_photo(row, 10 << 20)


def test_an_endless_line_is_refused() -> None:
    with pytest.raises(FileTooLarge, match="a line of more than 2 MB"):
        table("BEGIN:VCARD\r\nNOTE:" + "x" * (MAX_LINE_BYTES + 10))


def test_too_many_cards_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vcard_cards, "MAX_SHEET_ROWS", 5)
    with pytest.raises(FileTooLarge, match="more than 5 cards"):
        table(card("FN:Ada") * 5)
