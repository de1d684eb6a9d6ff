"""The page of an empty directory, and the sample people that it offers."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from app.access.rights import Right, require
from app.access.viewer import Viewer
from app.contracts import Query
from app.directory.service import Directory
from app.directory.unlisted import count_unlisted
from app.history.authors import author_of
from app.samples.jobs import SAMPLE_PEOPLE, begin_samples, find_samples
from app.web.current import current_directory, current_jobs, current_scheduler, current_viewer

sample_pages = Blueprint("samples", __name__)


def empty_page() -> str:
    """Render the list with nobody in it: what is not listed yet, or how to begin."""
    return render_template(
        "empty.html",
        unlisted=count_unlisted(current_directory(), current_viewer()),
        loading=find_samples(current_jobs()),
        sample_people=SAMPLE_PEOPLE,
    )


@sample_pages.post("/sample-data")
def load() -> ResponseReturnValue:
    """Begin to fill an empty directory with sample people; show the progress."""
    directory, viewer = current_directory(), current_viewer()
    require(viewer, Right.IMPORT)
    if _has_people(directory, viewer):
        flash("The directory already has people, so no sample people were loaded.", "warning")
        return redirect("/", 303)
    job = begin_samples(current_jobs(), author_of(viewer))
    current_scheduler().wake()
    return redirect(f"/import/{job.id}", 303)


def _has_people(directory: Directory, viewer: Viewer) -> bool:
    """Return whether anybody is there, listed or not, or has left."""
    return bool(
        directory.browse(viewer, Query(), None, 1).cards
        or directory.facets(viewer).left
        or count_unlisted(directory, viewer).number
    )
