"""The forms of a preview: another field for a column, values for everyone, possible duplicates."""

from dataclasses import replace

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from app.web.current import current_importer, current_scheduler
from app.web.imports.columns import choices_from, chosen_rows

choosing = Blueprint("import_choices", __name__, url_prefix="/import")


@choosing.post("/<job_id>/duplicates")
def choose_duplicates(job_id: str) -> ResponseReturnValue:
    """Add all possible duplicates, those of the chosen rows too, or none of them."""
    importer = current_importer()
    choices = importer.read(job_id).choices
    added = request.form.get("add", "")
    rows = choices.added_rows if added == "chosen" else ()
    if added == "chosen":
        rows = chosen_rows(request.form.getlist("row"), rows)
    choices = replace(choices, add_duplicates=added == "all", added_rows=rows)
    importer.read_again(job_id, choices)
    current_scheduler().wake()
    return redirect(f"/import/{job_id}", 303)


@choosing.post("/<job_id>/columns")
def read_again(job_id: str) -> ResponseReturnValue:
    """Read the file again, with other fields for its columns."""
    importer = current_importer()
    job = importer.read(job_id)
    choices = choices_from(request.form, importer.columns(job), job.choices)
    importer.read_again(job_id, choices)
    current_scheduler().wake()
    return redirect(f"/import/{job_id}", 303)
