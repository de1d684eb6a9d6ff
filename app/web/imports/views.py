"""The import pages: upload a file, preview it, import it, undo it."""

from typing import BinaryIO, cast
from urllib.parse import urlencode

from flask import (
    Blueprint,
    Flask,
    Response,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue

from app.contracts.import_choices import Choices
from app.contracts.import_jobs import ACTIVE_PHASES, JOB_ID, Job, JobNotFound, Phase
from app.history.authors import author_of
from app.imports.actions import may_discard, may_read_again, may_undo
from app.imports.errors import FileUnreadable, ImportNotPossible
from app.imports.files.notices import ignored_sheets_note
from app.runtime import deadline
from app.text.plurals import count_people
from app.web.current import (
    current_count_scheduler,
    current_importer,
    current_scheduler,
    current_viewer,
)
from app.web.http.body_limits import FORM_WITH_FILES
from app.web.imports import wording
from app.web.imports.columns import column_table
from app.web.imports.edit_wording import list_address, list_words
from app.web.imports.leaving import leaving_from, leaving_panel
from app.web.imports.rows_page import adds_duplicates, rows_page

MAX_MEGABYTES = 100
_RECEIVE_SECONDS = 60.0
imports = Blueprint("imports", __name__, url_prefix="/import")


def body_limit(others: int, path: str) -> int:
    """Return the largest body in bytes for a path: an import may be larger than others."""
    return MAX_MEGABYTES * 1024 * 1024 if path == "/import" else others


def limit_bodies(app: Flask) -> None:
    """Allow an import to be larger than a photo, and a form without a file no more than its texts.

    Call it before anything reads a form, as pages do of those who are refused. Werkzeug limits the
    texts of a form with files alone: of others, megabytes of empty fields take seconds.
    """

    @app.before_request
    def limit() -> None:
        if request.mimetype == FORM_WITH_FILES:
            others = request.max_content_length or 0
            request.max_content_length = body_limit(others, request.path) or None
        else:
            request.max_content_length = request.max_form_memory_size


def watch(app: Flask) -> None:
    """Start what works in the background at the first request: it may have been interrupted."""

    @app.after_request
    def begin(response: Response) -> Response:
        current_scheduler().begin()
        current_count_scheduler().begin()
        return response


@imports.get("")
def choose() -> ResponseReturnValue:
    """Show the upload form and the imports of the last thirty days."""
    return _upload_page("")


def _upload_page(problem: str) -> ResponseReturnValue:
    typed = request.args.get("before", "")
    before = typed if JOB_ID.fullmatch(typed) else ""
    recent = current_importer().recent(before)
    page = render_template(
        "import.html",
        problem=problem,
        recent=[wording.listed(job) for job in recent.jobs],
        before=before,
        last=recent.last,
        max_megabytes=MAX_MEGABYTES,
    )
    return page, 422 if problem else 200


@imports.post("")
def receive() -> ResponseReturnValue:
    """Store the file; it is validated in the background."""
    chosen = request.files.get("file")
    if chosen is None or not chosen.filename:
        return _upload_page("Choose the file to import.")
    # A large file takes longer to store than a page may take.
    deadline.start(_RECEIVE_SECONDS)
    try:
        choices = Choices(is_complete="is_complete" in request.form)
        job = current_importer().receive(
            cast(BinaryIO, chosen.stream),
            chosen.filename,
            choices=choices,
            author=author_of(current_viewer()),
        )
    except FileUnreadable as error:
        return _upload_page(str(error))
    current_scheduler().wake()
    return redirect(f"/import/{job.id}", 303)


@imports.get("/<job_id>")
def show(job_id: str) -> ResponseReturnValue:
    """Show one import: its progress and its rows, the rejected ones first."""
    job = current_importer().read(job_id)
    counts = current_importer().counts(job)
    page = rows_page(current_importer(), job, counts, request.args)
    return render_template(
        "import_job.html",
        job=job,
        whom=list_words(job.edit),
        list_address=list_address(job.edit),
        state=wording.state(job),
        sentence=wording.sentence(job),
        at_work=wording.is_at_work(job),
        progress=job.progress,
        mark=_page_state(job),
        began=wording.began(job),
        rows=page,
        can_apply=_can_apply(job),
        people=count_people(wording.people_of(job)) if wording.people_of(job) else "",
        columns=column_table(job, current_importer().columns(job)),
        is_browsing="show" in request.args,
        absent=count_people(counts.absent) if counts.absent else "",
        panel=leaving_panel(current_importer(), job, request.args),
        ignored_sheets=ignored_sheets_note(job),
        emptied=wording.what_is_emptied(job),
        adds_duplicates=may_read_again(job) and adds_duplicates(job),
        can_read_again=may_read_again(job),
        can_undo=may_undo(job),
        can_discard=may_discard(job),
    )


def _can_apply(job: Job) -> bool:
    is_ready = job.phase is Phase.READY and wording.has_work(job)
    return is_ready or (job.phase in ACTIVE_PHASES and job.paused)


def _page_state(job: Job) -> str:
    """Return a text that changes when the script must reload the page, not only its numbers."""
    shown_states = (
        job.phase,
        job.paused,
        wording.is_at_work(job),
        wording.is_waiting(job),
        job.total >= 0,
    )
    return "-".join(map(str, shown_states))


@imports.get("/<job_id>/progress")
def progress(job_id: str) -> Response:
    """Return the progress as JSON, for the page's script and for programs."""
    job = current_importer().read(job_id)
    done, total = job.progress
    return jsonify(
        mark=_page_state(job),
        phase=str(job.phase),
        at_work=wording.is_at_work(job),
        done=done,
        total=total,
        words=wording.sentence(job),
    )


@imports.post("/<job_id>/go")
def go(job_id: str) -> ResponseReturnValue:
    """Apply a validated import, or resume a stopped one; tell what has to be confirmed first."""
    try:
        chosen = leaving_from(request.form)
        current_importer().resume(job_id, author_of(current_viewer()), chosen)
    except ImportNotPossible as error:
        flash(str(error), "warning")
        typed = {name: request.form.get(name, "") for name in ("absent", "last_day")}
        kept = urlencode({name: text for name, text in typed.items() if text})
        return redirect(f"/import/{job_id}?{kept}" if kept else f"/import/{job_id}", 303)
    current_scheduler().wake()
    return redirect(f"/import/{job_id}", 303)


@imports.post("/<job_id>/stop")
def stop(job_id: str) -> ResponseReturnValue:
    """Stop an import within a few seconds, on whatever machine it runs."""
    current_importer().stop(job_id)
    return redirect(f"/import/{job_id}", 303)


@imports.get("/<job_id>/undo")
def ask_to_undo(job_id: str) -> ResponseReturnValue:
    """Ask before an import is undone."""
    job = current_importer().read(job_id)
    if not may_undo(job):
        return redirect(f"/import/{job_id}", 303)
    return render_template("import_undo.html", job=job, what=wording.what_undoing_does(job))


@imports.post("/<job_id>/undo")
def undo(job_id: str) -> ResponseReturnValue:
    """Undo an import."""
    current_importer().undo(job_id, author_of(current_viewer()))
    current_scheduler().wake()
    return redirect(f"/import/{job_id}", 303)


@imports.post("/<job_id>/forget")
def forget(job_id: str) -> ResponseReturnValue:
    """Delete the file and its preview; no employee was changed."""
    job = current_importer().read(job_id)
    current_importer().discard(job_id)
    flash(f"The {job.noun} was discarded. Nobody was changed.", "good")
    return redirect(list_address(job.edit) if job.edit.is_set else "/import", 303)


@imports.app_errorhandler(ImportNotPossible)
def _not_possible(error: ImportNotPossible) -> ResponseReturnValue:
    flash(str(error), "warning")
    job_id = (request.view_args or {}).get("job_id", "")
    return redirect(f"/import/{job_id}", 303)


@imports.app_errorhandler(JobNotFound)
def _no_such_import(error: JobNotFound) -> ResponseReturnValue:
    return render_template("404.html", status=404), 404
