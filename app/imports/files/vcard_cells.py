"""What a card says of a colleague: which of its properties fill which field.

What is private (HOME) is never read, nor the notes of other programs.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from app.imports.files.vcard_cards import Card, Property
from app.model.employee import BADGES
from app.model.fields import FIELDS
from app.model.vcard_names import PRODUCT_ID
from app.text.folding import fold
from app.text.person_names import split_name
from app.text.search_keys import name_key

# The properties that hold one field as a text, in ours and in others.
_TEXTS = {
    name: field.name
    for field in FIELDS
    if (name := field.vcard.removesuffix(":{}").partition(";")[0]) and field.vcard.endswith(":{}")
} | {"PRONOUNS": "pronouns"}
_OF_OURS = {"UID": "id", "NOTE": "about"}
for _name in ("EMAIL", "TEL", "ADR", "ORG", "NICKNAME", "SORT-STRING", *_OF_OURS):
    _TEXTS.pop(_name, None)
_NAMES = {"FN", "N", "ROLE", "ORG", "EMAIL", "TEL", "ADR", "NICKNAME", "CATEGORIES", "PHOTO"}
# What says nothing of the person.
_TECHNICAL = {"PRODID", "REV", "UID", "CLASS", "PROFILE", "MAILER", "SOURCE", "NAME", "KIND",
              "SORT-STRING", "LABEL", "CLIENTPIDMAP", "X-ABLABEL", "X-ABADR", "X-ABUID",
              "X-ABSHOWAS", "X-ADDRESSBOOKSERVER-KIND", "LANG", "AGENT", "FBURL", "CALURI",
              "CALADRURI", "CREATED", "X-IMAGETYPE", "X-IMAGEHASH"}  # fmt: skip
_TECHNICAL_PREFIXES = ("X-MS-", "X-AB", "X-EVOLUTION-", "X-MOZILLA-", "X-RADICALE-")
_IGNORED_LABELS = {
    "BDAY": "Birthday", "ANNIVERSARY": "Anniversary", "NOTE": "Note", "URL": "Website",
    "IMPP": "Chat", "X-SOCIALPROFILE": "Social profile", "LOGO": "Logo", "SOUND": "Sound",
    "KEY": "Key", "RELATED": "Related people", "X-ABRELATEDNAMES": "Related people",
    "GEO": "Position", "MEMBER": "Members", "X-PHONETIC-FIRST-NAME": "Phonetic name",
    "X-PHONETIC-MIDDLE-NAME": "Phonetic name", "X-PHONETIC-LAST-NAME": "Phonetic name",
}  # fmt: skip
_LABELS_OF_APPLE = re.compile(r"_\$!<(.*)>!\$_")
_HOME, _WORK, _CELL, _PREFERRED = "HOME", "WORK", "CELL", "PREF"
_NO_PHONES = frozenset({"FAX", "PAGER", "MODEM", "BBS", "VIDEO", "ISDN", "PCS", "TEXTPHONE"})
_LABEL_WORDS = {
    _HOME: {"home", "private", "personal", "privat", "prive", "personnel", "domicile", "casa"},
    _CELL: {"mobile", "iphone", "cell", "handy", "mobil", "portable", "movil"},
    _WORK: {"work", "office", "arbeit", "buro", "bureau", "travail", "oficina", "trabajo"},
    "FAX": {"fax"},
}
_WORDS, _CAMEL_CASE = re.compile("[a-z]+"), re.compile("(?<=[a-z])(?=[A-Z])")
_TOKENS = re.compile(r"\\.|[;,]|[^\\;,]+|\\", re.DOTALL)
_BADGE_NAMES = {fold(name) for badge in BADGES for name in (badge.key, badge.label)}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_NO_PERSON = "This card is that of a {}, not of a person. Leave it out"


class Contents(NamedTuple):
    """The cells of a card by field, the place of its photo, and labels of what is not read."""

    cells: dict[str, str]
    photo: tuple[int, int] | None
    ignored: tuple[str, ...]
    problem: str


def contents_of(card: Card) -> Contents:
    """Return what a card says of a colleague."""
    reader = _Reader(card)
    cells: dict[str, str] = {}
    for name, text in reader.cells():
        if text.strip():
            cells.setdefault(name, text)
    photos = reader.all("PHOTO")
    photo = next((each.span for each in photos if each.span), None)
    if photos and photo is None:
        reader.ignored.append("Photo links, which are not fetched")
    problem = card.problem or reader.no_person()
    return Contents(cells, photo, tuple(dict.fromkeys(reader.ignored)), problem)


class _Reader:
    """Reads one card; ``ignored`` collects labels of what it leaves."""

    def __init__(self, card: Card) -> None:
        self._properties = card.properties
        self._is_old = card.version.startswith("2")
        products = (each.value.strip() for each in self.all("PRODID"))
        self._is_ours = PRODUCT_ID in products
        self._labels = {
            each.group: _LABELS_OF_APPLE.sub(r"\1", each.value)
            for each in self.all("X-ABLABEL")
            if each.group
        }
        self.ignored: list[str] = []

    def all(self, name: str) -> list[Property]:
        return [each for each in self._properties if each.name == name]

    def no_person(self) -> str:
        kinds = {each.value.strip().lower() for each in self.all("KIND")}
        kinds |= {each.value.strip().lower() for each in self.all("X-ADDRESSBOOKSERVER-KIND")}
        for kind, word in (("group", "group"), ("org", "company"), ("location", "place")):
            if kind in kinds:
                return _NO_PERSON.format(word)
        is_company = any(each.value.strip() == "COMPANY" for each in self.all("X-ABSHOWAS"))
        return _NO_PERSON.format("company") if is_company else ""

    def cells(self) -> Iterator[tuple[str, str]]:
        """Yield each field with its text; what was yielded first counts."""
        yield "full_name", self._full_name()
        yield "sort_as", self._sort_as()
        yield from self._job()
        yield "email", self._contact("EMAIL", "email", frozenset())
        yield from self._phones()
        yield "location", self._location()
        for each in self.all("NICKNAME")[:1]:
            yield "preferred_name", self._parts(each.value, ",")[0]
        texts = _TEXTS | _OF_OURS if self._is_ours else _TEXTS
        for each in self._properties:
            if each.name in texts:
                yield texts[each.name], self._text(each.value)
            elif label := self._ignored_label(each):
                self.ignored.append(label)
        yield from self._badges()

    def _ignored_label(self, each: Property) -> str:
        if each.name in _NAMES | _TECHNICAL or each.name.startswith(_TECHNICAL_PREFIXES):
            return ""
        if self._is_ours and each.name == "URL":
            return ""
        return _IGNORED_LABELS.get(each.name, each.name[:40])

    def _full_name(self) -> str:
        for each in self.all("FN"):
            if name := self._text(each.value).strip():
                return name
        for each in self.all("N"):
            family, given, middle, *_ = (*self._components(each.value), "", "")
            return " ".join(filter(None, (given, middle, family)))
        return ""

    def _sort_as(self) -> str:
        """Return where the card is sorted; of another program's, unless its name says the same."""
        texts = [self._text(each.value) for each in self.all("SORT-STRING")]
        texts += [
            each.sort_as.replace(",", ", ") for name in ("N", "FN") for each in self.all(name)
        ]
        text = next(filter(None, map(str.strip, texts)), "")
        given, family = split_name(self._full_name())
        usual = {name_key(usual) for usual in (family, f"{family} {given}", f"{given} {family}")}
        return text if self._is_ours or name_key(text) not in usual else ""

    def _job(self) -> Iterator[tuple[str, str]]:
        titles = [text for each in self.all("TITLE") if (text := self._text(each.value).strip())]
        roles = [text for each in self.all("ROLE") if (text := self._text(each.value).strip())]
        yield "job_title", next(iter((*titles, *roles)), "")
        if titles and roles:
            self.ignored.append("Role")
        for each in self.all("ORG")[:1]:
            company, *units = self._components(each.value)
            yield "department", next(filter(None, reversed(units)), "")
            if company and not self._is_ours:
                self.ignored.append("Company")

    def _contact(self, name: str, label: str, refused: frozenset[str]) -> str:
        """Return the best of several addresses or numbers: at work, then preferred, then first."""
        best = self._ranked(name, label, refused)
        if len(best) > 1:
            self.ignored.append(f"Other {label}s")
        return self._text(best[0].value).strip().removeprefix("mailto:") if best else ""

    def _ranked(self, name: str, label: str, refused: frozenset[str]) -> list[Property]:
        kept = []
        for each in self.all(name):
            types = self._types(each)
            if _HOME in types:
                self.ignored.append(f"Home {label}")
            elif types & refused:
                self.ignored.append(next(iter(types & refused)).capitalize())
            elif each.value.strip():
                kept.append(each)
        return sorted(kept, key=self._rank)

    def _rank(self, each: Property) -> tuple[bool, bool]:
        types = self._types(each)
        return _WORK not in types, _PREFERRED not in types

    def _types(self, each: Property) -> frozenset[str]:
        label = self._labels.get(each.group) if each.group else None
        if not label:
            return each.types
        words = set(_WORDS.findall(fold(_CAMEL_CASE.sub(" ", label))))
        extra = {kind for kind, known in _LABEL_WORDS.items() if words & known}
        return each.types | extra

    def _phones(self) -> Iterator[tuple[str, str]]:
        phones = self._ranked("TEL", "phone", _NO_PHONES)
        cells = [each for each in phones if _CELL in self._types(each)]
        others = [each for each in phones if each not in cells]
        for name, numbers in (("phone", others), ("mobile", cells)):
            if numbers:
                number = self._text(numbers[0].value).strip().removeprefix("tel:")
                yield name, number.replace(";ext=", " ext ")
            if len(numbers) > 1:
                self.ignored.append("Other phones")

    def _location(self) -> str:
        for each in self._ranked("ADR", "address", frozenset()):
            *_, city, region, _, country = (*self._components(each.value), *[""] * 7)[:7]
            if place := city or region or country:
                return place
        return ""

    def _badges(self) -> Iterator[tuple[str, str]]:
        names = [name for each in self.all("CATEGORIES") for name in self._parts(each.value, ",")]
        known = [name for name in names if fold(name) in _BADGE_NAMES]
        yield "badges", ", ".join(known)
        if len(known) < len(names):
            self.ignored.append("Categories")

    def _components(self, value: str) -> list[str]:
        return self._parts(value, ";")

    def _parts(self, value: str, separator: str) -> list[str]:
        """Split a value at separators that are not escaped."""
        parts: list[list[str]] = [[]]
        for token in _TOKENS.findall(value):
            if token == separator:
                parts.append([])
            else:
                parts[-1].append(token)
        return [self._text("".join(part)).strip() for part in parts]

    def _text(self, value: str) -> str:
        return _ESCAPE.sub(self._unescape, value) if "\\" in value else value

    def _unescape(self, match: re.Match[str]) -> str:
        if self._is_old:
            return match[1] if match[1] in ";,:\\" else match[0]
        return "\n" if match[1] in "nN" else match[1]
