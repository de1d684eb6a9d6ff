"""Files of contacts in the shapes that phones and programs write; everyone in them is made up."""

from __future__ import annotations

from base64 import b64encode

from tests.support.pictures import picture


def folded(line: str, width: int = 75) -> str:
    """The line folded as RFC 2426 says; for ASCII."""
    pieces = [line[:width], *(line[n : n + width - 1] for n in range(width, len(line), width - 1))]
    return "\r\n ".join(pieces)


def card(*lines: str, version: str = "3.0") -> str:
    """A card with these lines, which are folded."""
    whole = ("BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD")
    return "".join(f"{folded(line) if line.isascii() else line}\r\n" for line in whole)


def photo_line(image: bytes, head: str = "PHOTO;ENCODING=b;TYPE=JPEG") -> str:
    return f"{head}:{b64encode(image).decode()}"


FACE = picture("JPEG", 96, 96).getvalue()

IPHONE = card(
    "PRODID:-//Apple Inc.//iPhone OS 19.2//EN",
    "N:Okafor;Chidi;;;",
    "FN:Chidi Okafor",
    "NICKNAME:Chi",
    "ORG:Example GmbH;Field Service;",
    "TITLE:Field Engineer",
    "EMAIL;type=INTERNET;type=HOME;type=pref:chidi@home.example",
    "EMAIL;type=INTERNET;type=WORK:chidi@example.com",
    "TEL;type=CELL;type=VOICE;type=pref:+49 1512 5550118",
    "TEL;type=HOME;type=VOICE:+49 30 555 0199",
    "item1.TEL:+49 30 555 0118",
    "item1.X-ABLabel:_$!<Work>!$_",
    "item2.ADR;type=HOME;type=pref:;;Privatweg 1;Potsdam;;14467;Germany",
    "item2.X-ABADR:de",
    "item3.ADR;type=WORK:;;Musterstr. 7;Berlin;;10115;Germany",
    "item4.URL;type=pref:https\\://chidi.example",
    "item4.X-ABLabel:_$!<HomePage>!$_",
    "BDAY:1990-04-01",
    "NOTE:Owes me lunch.",
    photo_line(FACE),
)

GOOGLE = card(
    "FN:Dr. Noor van der Berg",
    "N:van der Berg;Noor;;Dr.;",
    "EMAIL;TYPE=INTERNET;TYPE=WORK:noor@example.com",
    "EMAIL;TYPE=INTERNET:noor.berg@mail.example",
    "TEL;TYPE=WORK:+31 20 555 0142",
    "ADR;TYPE=WORK:;;Damrak 1;Amsterdam;NH;1012;NL;Damrak 1\\nAmsterdam",
    "ORG:Example B.V.;Finance",
    "TITLE:Controller",
    "PHOTO:https://lh3.googleusercontent.com/contacts/abc",
    "NOTE:Met in Utrecht",
    "CATEGORIES:myContacts,Coffee Snob",
)

OUTLOOK = "".join(
    f"{line}\r\n"
    for line in (
        "BEGIN:VCARD",
        "VERSION:2.1",
        "X-MS-OL-DEFAULT-POSTAL-ADDRESS:2",
        "N;LANGUAGE=de;CHARSET=Windows-1252:Müller;Jürgen;;Herr",
        "FN;CHARSET=Windows-1252:Jürgen Müller",
        "ORG;CHARSET=Windows-1252:Beispiel AG;Einkauf und Qualität",
        "TITLE;ENCODING=QUOTED-PRINTABLE;CHARSET=utf-8:Leiter=20Eink=C3=A4ufe=20und=20=",
        "Lager",
        "TEL;WORK;VOICE:+49 (89) 555-0127",
        "TEL;CELL;VOICE:+49 170 555 0127",
        "TEL;HOME;VOICE:+49 89 555 0188",
        "TEL;WORK;FAX:+49 89 555 0128",
        "ADR;WORK;PREF;CHARSET=Windows-1252:;;Königsplatz 1;München;;80333;Deutschland",
        "LABEL;WORK;PREF;ENCODING=QUOTED-PRINTABLE;CHARSET=Windows-1252:K=F6nigsplatz 1=0D=0A=",
        "80333 M=FCnchen",
        "EMAIL;PREF;INTERNET:j.mueller@example.com",
        'X-MS-OL-DESIGN;CHARSET=utf-8:<card xmlns="http://schemas.example"/>',
        "PHOTO;TYPE=JPEG;ENCODING=BASE64:",
        *(f" {b64encode(FACE).decode()[n : n + 72]}" for n in range(0, len(b64encode(FACE)), 72)),
        "",
        "REV:20261123T093000Z",
        "END:VCARD",
    )
).encode("cp1252")

MACOS = card(
    "PRODID:-//Apple Inc.//macOS 16.1//EN",
    "N:山田;太郎;;;",
    "FN:山田 太郎",
    "X-PHONETIC-LAST-NAME:やまだ",
    "ORG:例株式会社;開発部;",
    "TITLE:主任",
    "EMAIL;type=INTERNET;type=WORK;type=pref:taro@example.com",
    "TEL;type=WORK;type=VOICE;type=pref:+81 3-5555-0118",
    "ADR;type=WORK;type=pref:;;丸の内1-1;千代田区;東京都;100-0005;日本",
    photo_line(
        FACE, "PHOTO;ENCODING=b;TYPE=JPEG;X-ABCROP-RECTANGLE=ABClipRect_1&0&0&96&96&aGVsbG8="
    ),
    "UID:6B1C9C2E-1111-4222-8333-444455556666:ABPerson",
    "X-ABUID:6B1C9C2E-1111-4222-8333-444455556666:ABPerson",
)

VERSION_4 = card(
    "FN:Ana Ruiz",
    "N:Ruiz;Ana;;;",
    "KIND:individual",
    "ORG;SORT-AS=Example:Example S.A.;Ventas",
    "ROLE:Account Manager",
    "EMAIL;TYPE=home;PREF=1:ana@casa.example",
    "EMAIL;TYPE=work:ana@example.com",
    'TEL;VALUE=uri;PREF=1;TYPE="voice,work":tel:+34-91-555-0118;ext=12',
    'TEL;VALUE=uri;TYPE="voice,cell":tel:+34-600-555-018',
    'ADR;TYPE=work;LABEL="C/ Mayor 1: Madrid":;;C/ Mayor 1;Madrid;;28013;España',
    "TZ:Europe/Madrid",
    "LANG;TYPE=work;PREF=1:es",
    photo_line(FACE, "PHOTO:data:image/jpeg;base64").replace("base64:", "base64,"),
    version="4.0",
)
