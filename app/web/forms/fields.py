"""The form of an employee, built from the table of fields."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import wtforms
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms.validators import StopValidation

from app.access.rights import OWN_FIELDS
from app.model import validation
from app.model.employee import BADGE_KEYS, Employee, hidden_from, in_catalogue_order
from app.model.field_types import Field
from app.model.fields import FIELD, FORM_FIELDS, TYPED_FIELDS
from app.model.kinds import Kind
from app.text.sanitizing import visible

_MEGABYTE = 1024 * 1024


class FieldValidator:
    """The validator of a field, with the rules of app/model/validation.py."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, form: FlaskForm, field: wtforms.Field) -> None:
        """Raise StopValidation with the message if the value is invalid."""
        if self.name in form.fixed or (not field.data and self.name in form.may_stay_empty):
            return
        if field.data and field.data == form.kept.get(self.name):
            return
        if message := validation.problem(self.name, field.data):
            raise StopValidation(message)


class BadgesField(wtforms.Field):  # type: ignore[misc]  # WTForms is untyped
    """The keys of the selected badges, distinct, in the order of the catalogue."""

    def process_data(self, value: Iterable[str] | None) -> None:
        """Take the badges of a record; unknown ones are kept elsewhere."""
        self.data = tuple(key for key in value or () if key in BADGE_KEYS)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the posted keys; an empty value means none."""
        chosen = dict.fromkeys(value for value in valuelist if value)
        self.unknown = [key for key in chosen if key not in BADGE_KEYS]
        self.data = in_catalogue_order(chosen)

    def pre_validate(self, form: FlaskForm) -> None:
        """Reject a badge that is not in the catalogue."""
        if message := validation.badges_problem(getattr(self, "unknown", ())):
            raise StopValidation(message)


class HiddenField(wtforms.Field):  # type: ignore[misc]  # WTForms is untyped
    """The names of the fields that colleagues do not see, in the order of HIDEABLE."""

    def process_data(self, value: Iterable[str] | None) -> None:
        """Take what a record hides."""
        self.data = hidden_from(tuple(value or ()))

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the posted names; an empty value means none, no value what is stored.

        So the form of an older release, which does not ask, makes nothing visible.
        """
        if valuelist:
            self.data = hidden_from(valuelist)


class EmployeeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """The input about an employee."""

    class Meta:
        """CSRFProtect has checked the token of every POST; without a key there is none to make."""

        csrf = False

    photo_limit_mb = 10
    may_stay_empty: frozenset[str] = frozenset()
    # What another program wrote, which is no rule of ours, and stays if it is not touched.
    kept: Mapping[str, str] = MappingProxyType({})
    photos_off_because = ""
    # The fields that this viewer may not change, and the labels of those posted nevertheless.
    fixed: frozenset[str] = frozenset()
    ignored: tuple[str, ...] = ()

    def fix(self, stored: Employee | None) -> None:
        """Let the viewer change their OWN_FIELDS only; the others keep what is stored."""
        self.fixed = frozenset(name for name in TYPED_FIELDS if name not in OWN_FIELDS)
        kept = {name: getattr(stored, name) if stored else "" for name in self.fixed}
        self.ignored = tuple(
            self[name].label.text
            for name in TYPED_FIELDS
            if name in kept and self[name].data not in ("", kept[name])
        )
        for name, text in kept.items():
            self[name].data = text

    def keep_manager(self, stored: Employee) -> None:
        """Let the manager stay that was not touched, whatever another program wrote there."""
        if _stand_in(self.manager.data or "") == _stand_in(stored.manager):
            self.manager.data = stored.manager
        self.kept = {"manager": stored.manager}

    def validate_photo(self, field: FileField) -> None:
        """Reject a photo that is too large, or any if photos are off."""
        if self.upload is None:
            return
        if self.photos_off_because:
            raise StopValidation(self.photos_off_because)
        size = _size_of(self.upload)
        if size > self.photo_limit_mb * _MEGABYTE:
            raise StopValidation(
                f"The photo is {size / _MEGABYTE:.1f} MB. Choose one under {self.photo_limit_mb} MB"
            )

    @property
    def upload(self) -> FileStorage | None:
        """Return the chosen photo, if any."""
        chosen = self.photo.data
        return chosen if isinstance(chosen, FileStorage) and chosen.filename else None

    @property
    def content(self) -> dict[str, Any]:
        """Return the texts as they would be stored."""
        return {name: self[name].data for name in TYPED_FIELDS}

    def changed(self, employee: Employee) -> Employee:
        """Return the employee with the input; badges that the form does not know are kept."""
        return replace(
            employee,
            badges=employee.badges_with(self.badges.data),
            hidden=self.hidden.data,
            **self.content,
        )

    def reject(self, name: str, message: str) -> None:
        """Add an error to a field after validation."""
        self[name].errors = [*self[name].errors, message]

    def problems(self) -> list[tuple[str, str]]:
        """Return the fields with an error in page order: name, and sentence for the summary."""
        errors: Mapping[str, Any] = self.errors
        return [
            (name, f"{field.label.text}: {errors[name][0][:1].lower()}{errors[name][0][1:]}")
            for name, field in self._fields.items()
            if errors.get(name)
        ]


def posted_manager(manager: str) -> str:
    """Return a manager as a form can carry it: what browsers would change has a stand-in."""
    return manager if manager.isprintable() else _stand_in(manager)


def _stand_in(manager: str) -> str:
    """Return a line without what browsers and pages change; it is empty of nobody alone."""
    line = " ".join(visible(manager).replace("\ufffd", "").split())
    return line or ("(cannot be shown)" if manager else "")


def may_stay_empty(employee: Employee) -> frozenset[str]:
    """Return the required fields that an edit may leave empty: those that have never been filled.

    A record of another program may lack a job title or location. A name must be entered.
    """
    return frozenset(
        name for name in validation.REQUIRED if name != "full_name" and not getattr(employee, name)
    )


def _text(row: Field) -> wtforms.StringField:
    def clean(text: str | None) -> str:
        if row.kind is Kind.PERSON:
            return text or ""  # an id, which other programs may have given any character
        return validation.clean(row.name, text or "")

    return wtforms.StringField(row.label, filters=[clean], validators=[FieldValidator(row.name)])


# In the order of the page, in which errors are listed.
for _row in FORM_FIELDS:
    if _row.kind is Kind.PHOTO:
        EmployeeForm.photo = FileField(_row.label)
        EmployeeForm.remove_photo = wtforms.BooleanField("Remove photo")
    elif _row.kind is Kind.BADGES:
        setattr(EmployeeForm, _row.name, BadgesField(_row.label))
    else:
        setattr(EmployeeForm, _row.name, _text(_row))
EmployeeForm.hidden = HiddenField(FIELD["hidden"].label)


def _size_of(upload: FileStorage) -> int:
    upload.stream.seek(0, 2)
    size = upload.stream.tell()
    upload.stream.seek(0)
    return size
