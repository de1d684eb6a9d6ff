"""The one person whom an administrator names, by id or by email."""

from app.access.viewer import Viewer
from app.contracts import Query
from app.directory.service import Directory
from app.model import leaving
from app.model.employee import Employee
from app.model.errors import DirectoryError, EmployeeNotFound
from app.text import search_keys

_MAX_CHARACTERS = 254


class PersonUnknown(DirectoryError):
    """What was typed names nobody, or more than one person; the message says so."""


def find_person(directory: Directory, viewer: Viewer, text: str) -> Employee | None:
    """Return who has this id, or alone has this email, and works here; None if nothing was typed.

    Raises PersonUnknown.
    """
    text = text.strip()
    if not text:
        return None
    if len(text) > _MAX_CHARACTERS:
        raise PersonUnknown("Enter the id or the email of one person")
    try:
        person = directory.get(viewer, text)
    except EmployeeNotFound:
        return _by_email(directory, viewer, text)
    if leaving.has_left(person, leaving.today()):
        raise PersonUnknown(f"{person.full_name} has left. Restore them first, or name another one")
    return person


def _by_email(directory: Directory, viewer: Viewer, text: str) -> Employee:
    key = search_keys.email_key(text)
    page = directory.browse(viewer, Query(words=text))
    found = [card.id for card in page.cards if search_keys.email_key(card.email) == key]
    if len(found) > 1:
        raise PersonUnknown("Several people have this email. Enter the id of one of them")
    if not found:
        raise PersonUnknown("Nobody here has this id or email. Check it, or add the person first")
    return directory.get(viewer, found[0])
