"""The page of a bulk edit: what changes of everybody whom a list shows; its job has the preview."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.contracts.bulk_edits import EDITED_TEXTS
from app.contracts.queries import MANAGER
from app.history.authors import author_of
from app.imports.edits import EditProblem, begin_edit, may_be_empty
from app.model import validation
from app.model.employee import BADGES
from app.model.errors import StorageUnavailable
from app.model.fields import FIELD
from app.text.plurals import count_people
from app.web.current import current_directory, current_jobs, current_scheduler, current_viewer
from app.web.forms import recovery
from app.web.forms.manager_names import manager_names
from app.web.forms.managers import choice_of, is_finding, manager_problem
from app.web.forms.recovery import Outcome
from app.web.forms.rendering import Notice, fresh_token, suggestions
from app.web.imports.edit_form import EditForm, first_form, posted_form
from app.web.imports.edit_wording import list_words
from app.web.ui.list_query import ListRequest, read_request

bulk_edits = Blueprint("bulk_edits", __name__, url_prefix="/bulk-edit")
_OUTCOME = Outcome("changed", "Preview changes", "Nothing was changed.", "the preview was begun")
_FIELDS = tuple((FIELD[name], may_be_empty(name)) for name in EDITED_TEXTS)


@bulk_edits.before_request
def _refuse_a_walk() -> ResponseReturnValue | None:
    """Lead back from the list of everyone below somebody, of whom an edit would change others."""
    listing = read_request(request.args)
    if not listing.under:
        return None
    flash("Everyone below somebody cannot be edited at once: edit a filtered list.", "warning")
    return redirect(listing.address(), 303)


@bulk_edits.get("")
def ask() -> ResponseReturnValue:
    """Ask what to change of everybody in the list with these parameters."""
    listing = read_request(request.args)
    return _show(listing, first_form(listing.query))


@bulk_edits.post("")
def begin() -> ResponseReturnValue:
    """Begin the preview of the edit; it is worked out in the background."""
    listing, form = read_request(request.args), posted_form(request.form)
    if is_finding():
        return _show(listing, form.with_manager())
    unfit = manager_problem(form.manager) if form.sets_manager else ""
    if problems := list(form.problems(listing.query, unfit)):
        return _show(listing, form, problems, status=422)
    edit = form.edit_of(listing.query)
    values = dict(edit.values)
    names = manager_names((values[MANAGER], *edit.values_of(MANAGER))) if MANAGER in values else {}
    job = begin_edit(current_jobs(), edit, author_of(current_viewer()), names)
    current_scheduler().wake()
    return redirect(f"/import/{job.id}", 303)


@recovery.returns_input("bulk_edits.begin")
def _again(error: Exception) -> ResponseReturnValue:
    """Ask again, after a failure or an expired form."""
    status, notice = recovery.what_happened(error, _OUTCOME)
    listing, form = read_request(request.args), posted_form(request.form)
    return _show(listing, form, notice=notice, status=status)


def _show(
    listing: ListRequest,
    form: EditForm,
    problems: Sequence[EditProblem] = (),
    *,
    notice: Notice | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    number = None if notice else _number_of_people(listing)
    page = render_template(
        "bulk_edit.html",
        listing=listing,
        form=form,
        manager=choice_of(form.manager, read=notice is None),
        number=number,
        people="these people" if number is None else count_people(number),
        whom=list_words(form.edit_of(listing.query)),
        fields=_FIELDS,
        renamed=listing.query.only_text,
        reasons={problem.field: problem.reason for problem in problems},
        problems=[_in_summary(problem) for problem in problems],
        badges=BADGES,
        suggestions={} if notice else suggestions(),
        notice=notice,
        token=fresh_token(),
    )
    return page, status


def _number_of_people(listing: ListRequest) -> int | None:
    """Return how many people the list shows; None if that is not known."""
    directory, viewer = current_directory(), current_viewer()
    try:
        return directory.count_matches(viewer, listing.query).total
    except StorageUnavailable:
        if request.method == "GET":
            raise
        return None  # the input is more important


def _in_summary(problem: EditProblem) -> tuple[str, str]:
    """Return the id of a field, and the sentence about it."""
    if not problem.field:
        return f"{EDITED_TEXTS[0]}-keep", problem.reason
    if problem.field == "badges":
        return f"badge-{BADGES[0].key}", problem.reason
    label, reason = validation.LABELS[problem.field], problem.reason
    return problem.field, f"{label}: {reason[:1].lower()}{reason[1:]}"
