"""The forms of a preview: another field for a column, values for everyone, possible duplicates."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from app.web.current import current_importer, current_scheduler
from app.web.imports.columns import choices_from

choosing = Blueprint("import_choices", __name__, url_prefix="/import")


@choosing.post("/<job_id>/columns")
def read_again(job_id: str) -> ResponseReturnValue:
    """Read the file again, with other fields for its columns."""
    importer = current_importer()
    job = importer.read(job_id)
    choices = choices_from(request.form, importer.columns(job), job.choices)
    importer.read_again(job_id, choices)
    current_scheduler().wake()
    return redirect(f"/import/{job_id}", 303)
