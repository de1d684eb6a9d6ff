"""The person to whom an account belongs, by id or by email."""

from app.contracts import Query
from app.contracts.accounts import Account
from app.model.employee import Employee
from app.model.errors import DirectoryError, EmployeeNotFound
from app.text import search_keys
from app.web.current import current_directory, current_viewer

_MAX_CHARACTERS = 254


class PersonUnknown(DirectoryError):
    """What was typed names nobody, or more than one person; the message says so."""


def linked_person(account: Account) -> Employee | None:
    """Return the record of an account, None if it has none or the record was deleted."""
    if not account.person_id:
        return None
    try:
        return current_directory().get(current_viewer(), account.person_id)
    except EmployeeNotFound:
        return None


def find_person(text: str) -> Employee | None:
    """Return who has this id, or alone has this email; None if nothing was typed.

    Raises PersonUnknown.
    """
    text = text.strip()
    if not text:
        return None
    if len(text) > _MAX_CHARACTERS:
        raise PersonUnknown("Enter the id or the email of one person")
    try:
        return current_directory().get(current_viewer(), text)
    except EmployeeNotFound:
        return _by_email(text)


def _by_email(text: str) -> Employee:
    key = search_keys.email_key(text)
    page = current_directory().browse(current_viewer(), Query(words=text))
    found = [card.id for card in page.cards if search_keys.email_key(card.email) == key]
    if len(found) > 1:
        raise PersonUnknown("Several people have this email. Enter the id of one of them")
    if not found:
        raise PersonUnknown("Nobody here has this id or email. Check it, or add the person first")
    return current_directory().get(current_viewer(), found[0])
