"""The pages about people: list, person, add, edit, delete."""

from dataclasses import replace

from flask import (
    Blueprint,
    Response,
    after_this_request,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue

from app.contracts.accounts import LastAdmin
from app.contracts.traces import ErasureBlocked
from app.directory.unlisted import lists_nobody
from app.model.employee import BADGES, Employee
from app.model.errors import EditConflict, PhotoRejected
from app.model.revision import revision_of
from app.text.sanitizing import clean_line
from app.web.current import current_directory, current_sight, current_viewer
from app.web.forms.fields import EmployeeForm
from app.web.forms.idempotency import FormIdForged, write_id_of
from app.web.forms.managers import MAX_TYPED, accepts, find_managers, is_finding
from app.web.forms.recovery import (
    ask_to_delete,
    conflict_page,
    form_with_input,
    holds_typed_form,
    is_confirmed,
    person_not_found,
    typed_name,
)
from app.web.forms.rendering import (
    Notice,
    form_of_employee,
    form_of_request,
    photo_change,
    posted_form_id,
    posted_values,
    show_form,
    write_id,
)
from app.web.forms.reports import find_reports
from app.web.http.middleware import on_this_page
from app.web.people.below_list import below_view
from app.web.people.last_change import tell_saved
from app.web.people.list_view import list_view
from app.web.people.reporting import manager_name
from app.web.people.samples import empty_page
from app.web.people.template_names import offer_to_templates
from app.web.ui import urls
from app.web.ui.display_names import name_in_sentence
from app.web.ui.list_query import TABLE, ListRequest, read_request

__all__ = ["conflict_page", "form_with_input", "holds_typed_form", "pages", "person_not_found"]

pages = Blueprint("employees", __name__)
pages.url_value_preprocessor(urls.read_id_key)


pages.record(offer_to_templates)


@pages.get("/")
def people() -> Response:
    """Show the list of people."""
    directory, viewer = current_directory(), current_viewer()
    listing = read_request(request.args)
    if listing.under:
        return _below(listing)
    sort = listing.sort if listing.view == TABLE else None
    result = directory.list_page(viewer, listing.query, listing.cursor, sort, listing.page)
    if lists_nobody(directory, viewer, listing.query, result):
        return _maintain_after(make_response(empty_page()))
    sprite, menus = (current_app.extensions[name] for name in ("sprite", "menus"))
    unseen = current_sight().restricted
    order, manager = directory.list_order(), manager_name(listing)
    view = list_view(listing, result, order, sprite, menus, without=unseen, manager=manager)
    return _maintain_after(make_response(render_template("list.html", view=view)))


def _below(listing: ListRequest) -> Response:
    sprite, menus = (current_app.extensions[name] for name in ("sprite", "menus"))
    view = below_view(listing, sprite, menus, current_sight().restricted)
    return _maintain_after(make_response(render_template("list.html", view=view)))


@pages.get("/employee", defaults={"employee_id": ""})
@pages.get("/employee/<id:employee_id>")
def person(employee_id: str) -> ResponseReturnValue:
    """Show one person."""
    after_this_request(_maintain_after)
    employee = current_directory().get(current_viewer(), employee_id)
    badges = [badge for badge in BADGES if badge.key in employee.badges]
    return render_template("person.html", employee=employee, badges=badges)


def _maintain_after(response: Response) -> Response:
    """Let the store do pending maintenance once the response was sent."""
    prefetched = "prefetch" in request.headers.get("Sec-Purpose", "")
    if request.method in ("GET", "POST") and not prefetched:
        response.call_on_close(current_directory().maintain)
    return response


@pages.get("/add")
def add_form() -> ResponseReturnValue:
    """Show the form for a new person."""
    return show_form(form_of_employee(None))


@pages.post("/add")
def add() -> ResponseReturnValue:
    """Add a person."""
    form = form_of_request(None)
    try:
        form_id = posted_form_id()
    except FormIdForged as error:
        return form_with_input(error)
    if is_finding():
        return show_form(form)
    if not accepts(form, None):
        return show_form(form, status=422)
    try:
        stored = _add(form, form_id)
    except PhotoRejected as error:
        form.reject("photo", str(error))
        return show_form(form, status=422)
    return _saved(stored)


def _add(form: EmployeeForm, form_id: str) -> Employee:
    employee = form.changed(Employee(id=form_id, full_name=""))
    try:
        return current_directory().add(
            current_viewer(),
            employee,
            write_id(form_id, form),
            photo_change(form),
            on_this_page(),
        )
    except EditConflict as error:
        # The form was sent before with a photo, which browsers do not send again.
        if form.upload is None and replace(error.stored, photo_key="").same_content(employee):
            return error.stored
        raise


@pages.get("/find-manager")
def find_manager() -> ResponseReturnValue:
    """Return whom a name finds, as choices of a form, for its script.

    With ``for``, they are those who can come to report to the person with this id.
    """
    words = clean_line(request.args.get("q", "")[:MAX_TYPED])
    if manager_id := request.args.get("for", ""):
        return render_template("_report_options.html", options=find_reports(words, manager_id))
    return render_template("_manager_options.html", options=find_managers(words))


@pages.get("/edit", defaults={"employee_id": ""})
@pages.get("/edit/<id:employee_id>")
def edit_form(employee_id: str) -> ResponseReturnValue:
    """Show the form of a person."""
    employee = current_directory().get(current_viewer(), employee_id)
    return show_form(form_of_employee(employee), employee, revision=revision_of(employee))


@pages.post("/edit", defaults={"employee_id": ""})
@pages.post("/edit/<id:employee_id>")
def edit(employee_id: str) -> ResponseReturnValue:
    """Change a person."""
    stored = current_directory().get(current_viewer(), employee_id)
    form = form_of_request(stored)
    revision = posted_values().get("revision") or revision_of(stored)
    try:
        form_id = posted_form_id()
    except FormIdForged as error:
        return form_with_input(error)
    if is_finding():
        return show_form(form, stored, revision=revision)
    if not accepts(form, stored):
        return show_form(form, stored, revision=revision, status=422)
    try:
        saved = current_directory().update(
            current_viewer(),
            form.changed(stored),
            revision,
            write_id(form_id, form, revision),
            photo_change(form),
            on_this_page(),
        )
    except PhotoRejected as error:
        form.reject("photo", str(error))
        return show_form(form, stored, revision=revision, status=422)
    if form.ignored:
        flash(f"Not changed: {', '.join(form.ignored)}. Only an editor may.", "warning")
    return _saved(saved, stored)


def _saved(employee: Employee, before: Employee | None = None) -> ResponseReturnValue:
    """Lead to the page of who was saved; an edit can be undone there."""
    after_this_request(_maintain_after)
    current_app.extensions["own_photos"].forget(employee.id)
    tell_saved(f"Saved {name_in_sentence(employee.full_name) or 'the person'}.", employee, before)
    return redirect(urls.person_address(employee.id), 303)


@pages.get("/delete", defaults={"employee_id": ""})
@pages.get("/delete/<id:employee_id>")
def delete_form(employee_id: str) -> ResponseReturnValue:
    """Ask before a person is deleted."""
    return ask_to_delete(current_directory().get(current_viewer(), employee_id))


@pages.post("/delete", defaults={"employee_id": ""})
@pages.post("/delete/<id:employee_id>")
def delete(employee_id: str) -> ResponseReturnValue:
    """Delete a person permanently, if the name was typed where the form asks for it."""
    revision = request.form.get("revision", "")
    try:
        form_id = posted_form_id()
    except FormIdForged as error:
        return form_with_input(error)
    if not is_confirmed():
        employee = current_directory().get(current_viewer(), employee_id)
        problem = "Type the name exactly as it is shown above"
        return ask_to_delete(employee, 422, typed_name=typed_name(), problem=problem)
    try:
        deleted = current_directory().delete(
            current_viewer(),
            employee_id,
            revision or None,
            write_id_of(form_id, ["delete", employee_id, revision]),
            on_this_page(),
        )
    except (ErasureBlocked, LastAdmin) as error:
        employee = current_directory().get(current_viewer(), employee_id)
        return ask_to_delete(employee, 409, Notice("bad", str(error)), typed_name=typed_name())
    name = name_in_sentence(deleted.full_name or request.form.get("shown_name", ""))
    flash(f"Deleted {name}." if name else "The person was deleted.", "good")
    return redirect("/", 303)
