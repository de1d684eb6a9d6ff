"""The form of a person: its fields, and what each asks for, in messages that tell the mend."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, Field, StringField
from wtforms.validators import StopValidation

from app.employee import BADGE_KEYS, TEXT_FIELDS, Employee
from app.terms import LINE_CHARACTERS
from app.web.cleaning import clean_line, clean_text

ABOUT_CHARACTERS = 2_000
_MEGABYTE = 1024 * 1024
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_PHONE = re.compile(r"(?:[\d\s+()./*#,;:-]|\bext\b|x)+", re.IGNORECASE)


class Required:
    """Something must be left of the text after cleaning; the message says what to give."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form: FlaskForm, field: Field) -> None:
        if not field.data:
            raise StopValidation(self.message)


class AtMost:
    """The text has at most so many characters; the message names the limit and how many it has."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, form: FlaskForm, field: Field) -> None:
        if len(field.data) > self.limit:
            raise StopValidation(
                f"Shorten this to {self.limit:,} characters; it has {len(field.data):,}"
            )


def mail_address(form: FlaskForm, field: Field) -> None:
    """An address has one @ with something on both sides, and no spaces."""
    if not field.data:
        return
    name, at, domain = field.data.partition("@")
    if " " in field.data:
        raise StopValidation("Take the spaces out of the address, like name@example.com")
    if not at:
        raise StopValidation("Add the @ and the part after it, like name@example.com")
    if not name:
        raise StopValidation("Add the part before the @, like name@example.com")
    if "@" in domain:
        raise StopValidation("Leave one @ in the address, like name@example.com")
    if not domain.strip(".") or domain.startswith(".") or domain.endswith(".") or ".." in domain:
        raise StopValidation("Add the part after the @, like name@example.com")


def phone_number(form: FlaskForm, field: Field) -> None:
    """A number has digits, signs between them, and perhaps an extension."""
    if not field.data:
        return
    if not _PHONE.fullmatch(field.data):
        raise StopValidation("Use digits, spaces and + ( ) - only, like +1 206 555 0141")
    if sum(mark.isdigit() for mark in field.data) < 3:
        raise StopValidation("Add the rest of the number, like +1 206 555 0141")


def day(form: FlaskForm, field: Field) -> None:
    """A day of the calendar, as browsers send it."""
    if not field.data:
        return
    if not _DAY.fullmatch(field.data):
        raise StopValidation("Write the day as year, month and day, like 2024-02-29")
    try:
        found = date.fromisoformat(field.data)
    except ValueError as error:
        raise StopValidation("Give a day that is in the calendar, like 2024-02-29") from error
    if not 1900 <= found.year <= 2200:
        raise StopValidation("Give a year from 1900 to 2200, like 2024-02-29")


def _line(text: str | None) -> str:
    return clean_line(text or "")


def _lines(text: str | None) -> str:
    return clean_text(text or "")


def _text(label: str, *validators: Any, limit: int = LINE_CHARACTERS) -> StringField:
    clean = _line if limit == LINE_CHARACTERS else _lines
    return StringField(label, filters=[clean], validators=[*validators, AtMost(limit)])


class BadgesField(Field):  # type: ignore[misc]  # WTForms is untyped
    """The keys of the badges that are switched on, each once, in the order of the catalogue."""

    def process_data(self, value: Iterable[str] | None) -> None:
        """Take the badges of a record; those that we do not know are kept elsewhere."""
        self.data = tuple(key for key in value or () if key in BADGE_KEYS)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was posted; an empty value means none."""
        chosen = dict.fromkeys(value for value in valuelist if value)
        known = tuple(key for key in BADGE_KEYS if key in chosen)
        self.unknown = [key for key in chosen if key not in BADGE_KEYS]
        self.data = known

    def pre_validate(self, form: FlaskForm) -> None:
        """Refuse a badge that is not in the catalogue."""
        unknown = getattr(self, "unknown", [])
        if unknown:
            name = clean_line(unknown[0])[:40]
            raise StopValidation(f"Choose badges of this list; “{name}” is not one of them")


class EmployeeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """What is typed about a person."""

    class Meta:
        """CSRFProtect has checked the token of every POST; without a key there is none to make."""

        csrf = False

    full_name = _text("Full name", Required("Give the full name, such as Amara Adeyemi"))
    preferred_name = _text("Preferred name")
    pronouns = _text("Pronouns")
    job_title = _text("Title", Required("Give a title, such as Field Engineer"))
    department = _text("Department")
    location = _text("Place", Required("Give a place, such as Reykjavík or Remote"))
    start_date = _text("Start date", day)
    email = _text("Mail", mail_address)
    phone = _text("Phone", phone_number)
    photo = FileField("Photo")
    remove_photo = BooleanField("Remove photo")
    badges = BadgesField("Badges")
    about = _text("About", limit=ABOUT_CHARACTERS)

    photo_limit_mb = 10
    photos_off_because = ""

    def validate_photo(self, field: FileField) -> None:
        """Refuse a photo that is too large, or any where none can be kept."""
        if self.upload is None:
            return
        if self.photos_off_because:
            raise StopValidation(self.photos_off_because)
        size = _size_of(self.upload)
        if size > self.photo_limit_mb * _MEGABYTE:
            raise StopValidation(
                f"That file was {size / _MEGABYTE:.1f} MB. "
                f"Choose one under {self.photo_limit_mb} MB"
            )

    @property
    def upload(self) -> FileStorage | None:
        """The photo that was chosen, if any."""
        chosen = self.photo.data
        return chosen if isinstance(chosen, FileStorage) and chosen.filename else None

    @property
    def content(self) -> dict[str, Any]:
        """The texts as they would be stored."""
        return {name: self[name].data for name in TEXT_FIELDS}

    def changed(self, employee: Employee) -> Employee:
        """The employee with what was typed; badges that the form does not know are kept."""
        unknown = tuple(key for key in employee.badges if key not in BADGE_KEYS)
        return replace(employee, badges=(*self.badges.data, *unknown), **self.content)

    def reject(self, name: str, message: str) -> None:
        """Note an error at a field that was found after validation."""
        self[name].errors = [*self[name].errors, message]

    def problems(self) -> list[tuple[str, str]]:
        """The fields with an error, in page order: name, and the sentence for the summary."""
        found: Mapping[str, Any] = self.errors
        return [
            (name, f"{field.label.text}: {found[name][0][:1].lower()}{found[name][0][1:]}")
            for name, field in self._fields.items()
            if found.get(name)
        ]


def _size_of(upload: FileStorage) -> int:
    upload.stream.seek(0, 2)
    size = upload.stream.tell()
    upload.stream.seek(0)
    return size
