"""Return the author of what a viewer writes."""

from app.access.viewer import Viewer
from app.history.changes import ON_THE_PAGE, Author, Through, Write


def author_of(viewer: Viewer) -> Author:
    """Return the viewer as the author of a change, named as they are today."""
    return Author(viewer.name, viewer.account_id, viewer.person_id)


def written_by(viewer: Viewer, write_id: str, through: Through = ON_THE_PAGE) -> Write:
    """Return the write with this id by the viewer."""
    return Write(write_id, author_of(viewer), through)
