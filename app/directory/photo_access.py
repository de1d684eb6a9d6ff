"""Who may see a photo: its key is known to those who were shown it, and may not be enough."""

from app.access.rights import Right, may, require
from app.access.viewer import Viewer
from app.contracts.batching import find_by_ids
from app.directory.service import Directory
from app.model import leaving
from app.photos.keys import base_of, is_left_key

# Of whom the key is looked for.
_MAX_LEAVING = 500


def may_see_photo(directory: Directory, viewer: Viewer, key: str) -> bool:
    """Return whether a photo under this key may be sent to the viewer, who knows the key.

    What a person hides has a key that only those are told who may see it. That of who has left is
    for editors, even if others saw it while the last day was to come. Raises NotAllowed.
    """
    require(viewer, Right.SEE_PEOPLE)
    if is_left_key(key) and not may(viewer, Right.LEAVE) and not _is_of_who_leaves(directory, key):
        return False
    if "photo_key" not in directory.sight_of(viewer).restricted:
        return True
    own = directory.employees.get_many([viewer.person_id]) if viewer.person_id else {}
    return any(base_of(person.photo_key) == base_of(key) for person in own.values())


def _is_of_who_leaves(directory: Directory, key: str) -> bool:
    """Return whether this is the key of somebody whose last day is to come."""
    today = leaving.today()
    days = [day for day in directory.employees.facets().leaving if day > today]
    ids = directory.employees.find_leaving(days, _MAX_LEAVING) if days else []
    people = find_by_ids(directory.employees, ids)
    return any(base_of(each.photo_key) == base_of(key) for each in people.values())
