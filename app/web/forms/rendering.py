"""Render the form of an employee: fresh, or again with all input."""

import hashlib
import uuid
from collections.abc import Mapping
from typing import BinaryIO, NamedTuple, cast

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from werkzeug.datastructures import CombinedMultiDict, MultiDict

from app.access.rights import Right, may
from app.contracts import Facets
from app.directory.stored_photos import PhotoChange
from app.model.employee import BADGES, Employee
from app.model.errors import StorageUnavailable
from app.model.facets import TEXT_FACETS
from app.model.field_types import Section
from app.model.fields import FIELD, FORM_FIELDS, HIDEABLE
from app.web.current import current_directory, current_settings, current_viewer
from app.web.forms import conflict
from app.web.forms.fields import EmployeeForm, may_stay_empty
from app.web.forms.idempotency import FormIdForged, mint_form_id, read_form_id, write_id_of
from app.web.forms.managers import manager_choice
from app.web.ui.facets import most_frequent
from app.web.ui.urls import delete_address, edit_address, person_address

_MAX_SUGGESTIONS = 100
# The parts of the form that hold nothing but texts of one line, in their order.
_LINE_SECTIONS = tuple(
    (section.value, tuple(field for field in FORM_FIELDS if field.section is section))
    for section in (Section.PERSONAL, Section.JOB, Section.CONTACT)
)


class Notice(NamedTuple):
    """A sentence above a form, with the category of a flash message."""

    category: str
    text: str


def posted_values() -> MultiDict[str, str]:
    """Return the input; from a conflict page, what its choices amount to."""
    if conflict.holds_choices(request.form):
        return conflict.chosen_values(request.form)
    return cast("MultiDict[str, str]", request.form)


def form_of_request(stored: Employee | None) -> EmployeeForm:
    """Return the posted form; a field that a script did not post keeps its stored value."""
    posted = posted_values()
    form = EmployeeForm(CombinedMultiDict([request.files, posted]), obj=stored)
    form = _prepared(form, stored)
    if stored is not None and "badges" not in posted and "revision" not in posted:
        form.badges.process_data(stored.badges)
    return form


def form_of_employee(employee: Employee | None) -> EmployeeForm:
    """Return the form of a stored employee."""
    return _prepared(EmployeeForm(None, obj=employee), employee)


def _prepared(form: EmployeeForm, stored: Employee | None) -> EmployeeForm:
    directory = current_directory()
    if stored is not None:
        form.may_stay_empty = may_stay_empty(stored)
        form.keep_manager(stored)
    if is_own_form():
        form.fix(stored)
    form.photo_limit_mb = current_settings().photo_max_mb
    form.photos_off_because = "" if directory.photos else directory.photos_off_because
    return form


def is_own_form() -> bool:
    """Return whether the form is of the viewer's own profile, of which they change a part."""
    viewer = current_viewer()
    return viewer.is_signed_in and not may(viewer, Right.EDIT_PEOPLE)


def posted_form_id() -> str:
    """Return the posted form id, or a new one if there is none. Raises FormIdForged."""
    signed = request.form.get("form_id", "")
    return read_form_id(signed) if signed else str(uuid.uuid4())


def write_id(form_id: str, form: EmployeeForm, revision: str = "") -> str:
    """Return the id of this save; see ``idempotency.write_id_of``."""
    removed = "removed" if form.remove_photo.data else ""
    photo = ""
    if form.upload is not None:
        photo = hashlib.blake2b(form.upload.stream.read(), digest_size=16).hexdigest()
        form.upload.stream.seek(0)
    content = [f"{name}={text}" for name, text in form.content.items()]
    chosen = (*form.badges.data, *form.hidden.data)
    return write_id_of(form_id, [revision, removed, photo, *chosen, *content])


def photo_change(form: EmployeeForm) -> PhotoChange:
    """Return the requested photo change; a new photo takes precedence over removal."""
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
    """Render the form. ``employee`` is the one being edited, if it could be read."""
    employee_id, viewer = (request.view_args or {}).get("employee_id", ""), current_viewer()
    page = render_template(
        "form.html",
        form=form,
        employee=employee,
        employee_id=employee_id,
        is_edit=bool(employee_id),
        action=edit_address(employee_id) if employee_id else "/add",
        cancel=person_address(employee_id) if employee_id else "/",
        delete=delete_address(employee_id) if employee_id and may(viewer, Right.DELETE) else "",
        is_own=is_own_form(),
        contact=current_settings().sign_in.contact,
        revision=revision,
        form_id=form_id_again(),
        token=fresh_token(),
        problems=form.problems(),
        manager=manager_choice(form, read=suggest),
        notice=notice,
        choose_photo_again=form.upload is not None,
        suggestions=suggestions() if suggest else {},
        badges=BADGES,
        sections=_LINE_SECTIONS,
        hideable=tuple(FIELD[name] for name in HIDEABLE),
        max_about=FIELD["about"].max_characters,
    )
    return page, status


def form_id_again() -> str:
    """Return the posted signed form id, so that it stays the same save; else a new one."""
    signed = request.form.get("form_id", "")
    if not current_app.secret_key:
        return signed
    try:
        read_form_id(signed)
    except FormIdForged:
        return mint_form_id()
    return signed


def fresh_token() -> str:
    """Return a CSRF token; if the signing key is unavailable, the one that was posted."""
    return str(generate_csrf()) if current_app.secret_key else request.form.get("csrf_token", "")


def suggestions() -> Mapping[str, list[str]]:
    """Return frequent locations, departments and job titles; nothing if the store fails."""
    try:
        facets: Facets = current_directory().facets(current_viewer())
    except StorageUnavailable:
        return {}
    return {
        facet.name: most_frequent(getattr(facets, facet.counts), _MAX_SUGGESTIONS)
        for facet in TEXT_FACETS
    }
