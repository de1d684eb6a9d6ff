"""Who may see a photo: its key is known to those who were shown it, and may not be enough."""

from app.access.rights import Right, may, require
from app.access.viewer import Viewer
from app.directory.service import Directory
from app.model import leaving
from app.photos.keys import base_of, last_day_in


def may_see_photo(directory: Directory, viewer: Viewer, key: str) -> bool:
    """Return whether a photo under this key may be sent to the viewer, who knows the key.

    What a person hides has a key that only those are told who may see it. The key of a leaver tells
    the last day, after which it is for editors. Raises NotAllowed.
    """
    require(viewer, Right.SEE_PEOPLE)
    if "" < last_day_in(key) <= leaving.today() and not may(viewer, Right.LEAVE):
        return False
    if "photo_key" not in directory.sight_of(viewer).restricted:
        return True
    own = directory.employees.get_many([viewer.person_id]) if viewer.person_id else {}
    return any(base_of(person.photo_key) == base_of(key) for person in own.values())
