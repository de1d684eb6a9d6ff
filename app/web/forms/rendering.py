"""The form of a person as pages show it: fresh, or again with all that was typed."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from typing import BinaryIO, NamedTuple, cast

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from werkzeug.datastructures import CombinedMultiDict, MultiDict

from app.contracts import Facets
from app.directory.service import PhotoChange
from app.model.employee import BADGES, Employee
from app.model.errors import StorageUnavailable
from app.model.validation import ABOUT_CHARACTERS
from app.web.current import current_directory, current_settings
from app.web.forms import conflict
from app.web.forms.fields import EmployeeForm
from app.web.forms.idempotency import FormIdForged, mint_form_id, read_form_id, write_id_of
from app.web.ui.facets import TEXT_MENUS, most_frequent
from app.web.ui.urls import delete_address, edit_address, person_address

_MOST_SUGGESTIONS = 100


class Notice(NamedTuple):
    """A sentence above a form: ``good``, ``look`` or ``bad``."""

    category: str
    words: str


def posted_values() -> MultiDict[str, str]:
    """What was typed; from the page of a conflict, what its choices amount to."""
    if conflict.holds_choices(request.form):
        return conflict.chosen_values(request.form)
    return cast("MultiDict[str, str]", request.form)


def form_of_request(stored: Employee | None) -> EmployeeForm:
    """The form as posted; a field that was not posted (by a script) stays as it is stored."""
    posted = posted_values()
    form = _prepared(EmployeeForm(CombinedMultiDict([request.files, posted]), obj=stored))
    if stored is not None and "badges" not in posted and "revision" not in posted:
        form.badges.process_data(stored.badges)
    return form


def form_of_employee(employee: Employee | None) -> EmployeeForm:
    """The form as it is opened."""
    return _prepared(EmployeeForm(None, obj=employee))


def _prepared(form: EmployeeForm) -> EmployeeForm:
    directory = current_directory()
    form.photo_limit_mb = current_settings().photo_max_mb
    form.photos_off_because = "" if directory.photos else directory.photos_off_because
    return form


def posted_form_id() -> str:
    """The id that came with the form, a fresh one where none came. Raises FormIdForged."""
    signed = request.form.get("form_id", "")
    return read_form_id(signed) if signed else str(uuid.uuid4())


def write_id(form_id: str, form: EmployeeForm, revision: str = "") -> str:
    """The id of this saving; see ``form_ids.write_id_of``."""
    removed = "removed" if form.remove_photo.data else ""
    photo = ""
    if form.upload is not None:
        photo = hashlib.blake2b(form.upload.stream.read(), digest_size=16).hexdigest()
        form.upload.stream.seek(0)
    content = [f"{name}={text}" for name, text in form.content.items()]
    return write_id_of(form_id, [revision, removed, photo, *form.badges.data, *content])


def photo_change(form: EmployeeForm) -> PhotoChange:
    """What the form asks of the photo; a new one is more than the removal of the old."""
    if form.upload is not None:
        return PhotoChange(upload=cast(BinaryIO, form.upload.stream))
    return PhotoChange(remove=bool(form.remove_photo.data))


def show_form(
    form: EmployeeForm,
    employee: Employee | None = None,
    *,
    revision: str = "",
    status: int = 200,
    notice: Notice | None = None,
    suggest: bool = True,
) -> ResponseReturnValue:
    """The page of the form. ``employee`` is the one that is edited, as far as it could be read."""
    employee_id = (request.view_args or {}).get("employee_id", "")
    page = render_template(
        "form.html",
        form=form,
        employee=employee,
        employee_id=employee_id,
        is_edit=bool(employee_id),
        action=edit_address(employee_id) if employee_id else "/add",
        cancel=person_address(employee_id) if employee_id else "/",
        delete=delete_address(employee_id) if employee_id else "",
        revision=revision,
        form_id=form_id_again(),
        token=fresh_token(),
        problems=form.problems(),
        notice=notice,
        choose_photo_again=form.upload is not None,
        suggestions=suggestions() if suggest else {},
        badges=BADGES,
        most_about=ABOUT_CHARACTERS,
    )
    return page, status


def form_id_again() -> str:
    """The signed id of the form that came, so that it stays the same saving; else a fresh one."""
    signed = request.form.get("form_id", "")
    if not current_app.secret_key:
        return signed
    try:
        read_form_id(signed)
    except FormIdForged:
        return mint_form_id()
    return signed


def fresh_token() -> str:
    """A CSRF token for a form; while the key that signs it is out of reach, the one that came."""
    return str(generate_csrf()) if current_app.secret_key else request.form.get("csrf_token", "")


def suggestions() -> Mapping[str, list[str]]:
    """What others have as place, department and title; nothing when the store does not answer."""
    try:
        facets: Facets = current_directory().facets()
    except StorageUnavailable:
        return {}
    return {
        name: most_frequent(getattr(facets, count_of), _MOST_SUGGESTIONS)
        for name, _, count_of in TEXT_MENUS
    }
