"""In which encoding a CSV is: told by a few names, as a spreadsheet of that country saves them."""

from __future__ import annotations

import io

import pytest

from app.imports.files.encodings import detect_encoding
from app.imports.files.latin_encodings import rank_latin_encodings

WESTERN = (
    "José García", "María Núñez", "Søren Kierkegaard", "Åse Lindström", "Jürgen Müller",
    "Zoë Lefèvre", "Hélène Brûlé", "Niccolò Bianchi", "João Conceição", "Günther Groß",
    "André Gonçalves", "Päivi Mäkinen", "Élodie O’Brien",
)  # fmt: skip
ICELANDIC = ("Þóra Guðmundsdóttir", "Sigríður Jónsdóttir", "Ýmir Þór")
CZECH = (
    "Jiří Novák", "Tomáš Dvořák", "Lucie Černá", "Zdeněk Kučera", "Růžena Horáková",
    "Matěj Pokorný", "Šárka Sedláčková", "Světlana Zemanová",
)  # fmt: skip
HUNGARIAN = ("Kovács Erzsébet", "Horváth Győző", "Papp Jenő", "Szűcs Gergő", "Nagy Ödön")
POLISH = ("Łukasz Żółć", "Małgorzata Wójcik", "Krzysztof Woźniak", "Jędrzej Śliwa")
TURKISH = ("Şükrü Öztürk", "Ayşe Yılmaz", "Gülşen Aydın", "Çağrı Şahin", "Oğuz Koç")
RUSSIAN = ("Иван Петрович Сидоров", "Ольга Кузнецова", "Пётр Щербаков")
GREEK = ("Γιάννης Παπαδόπουλος", "Μαρία Οικονόμου", "Ελένη Γεωργίου")
JAPANESE = ("山田太郎", "佐藤花子", "ソニー株式会社", "鈴木一郎")


def as_csv(names: tuple[str, ...], encoding: str) -> bytes:
    rows = "".join(f"{name},Engineer,Oslo\r\n" for name in names)
    return f"Name,Title,Office\r\n{rows}".encode(encoding)


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("cp1252", WESTERN),
        ("cp1252", (*WESTERN, *ICELANDIC)),
        ("mac_roman", WESTERN),
        ("cp1250", CZECH),
        ("cp1250", HUNGARIAN),
        ("cp1250", POLISH),
        ("cp1250", (*CZECH, *POLISH, *HUNGARIAN, "Jürgen Groß")),
        ("cp1254", TURKISH),
        ("cp1251", RUSSIAN),
        ("cp1253", GREEK),
        ("cp932", JAPANESE),
    ],
)
def test_the_encoding_is_told_by_the_names(encoding: str, names: tuple[str, ...]) -> None:
    content = as_csv(names, encoding)
    assert content.decode(detect_encoding(io.BytesIO(content))) == content.decode(encoding)


@pytest.mark.parametrize("name", ["Renée", "Núñez", "Åse", "Élodie", "Peña"])
@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
def test_one_name_tells_windows_from_an_old_mac(encoding: str, name: str) -> None:
    content = as_csv((name,), encoding)
    assert detect_encoding(io.BytesIO(content)) == encoding


def test_what_stands_in_either_is_read_as_windows() -> None:
    content = "Name\r\nO’Brien – “Pat”\r\n".encode("cp1252")
    assert detect_encoding(io.BytesIO(content)) == "cp1252"


def test_a_byte_that_an_encoding_lacks_leaves_it_out() -> None:
    content = as_csv(("Renée",), "cp1252") + b"\x81\x8d\x9d\r\n"
    assert detect_encoding(io.BytesIO(content)) == "mac_roman"


@pytest.mark.parametrize(
    "content",
    [as_csv(RUSSIAN, "cp1251"), as_csv(GREEK, "cp1253"), as_csv(JAPANESE, "cp932")],
)
def test_other_scripts_are_not_taken_for_latin(content: bytes) -> None:
    assert not rank_latin_encodings(content).is_sure


def test_a_few_stray_bytes_make_no_other_encoding_of_utf8() -> None:
    whole = as_csv(WESTERN, "utf-8")
    for content in (
        whole + "Andr\xe9 Cut,Clerk,Oslo\r\n".encode("latin-1"),
        as_csv(("Zoë Åström", "José Müñoz", "Łukasz Żółć"), "utf-8") + "Malmö".encode()[:-1],
        as_csv(JAPANESE, "utf-8") + "山".encode()[:2],
    ):
        assert detect_encoding(io.BytesIO(content)) == "utf-8"
