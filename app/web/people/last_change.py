"""Who changed a person last, and the message after a save."""

from flask import flash

from app.access.rights import Right, may, may_see_history
from app.history.changes import Author
from app.history.difference import last_moment
from app.history.sentences import author_name
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from app.web.current import current_directory, current_viewer
from app.web.http.middleware import log_store_failure, request_id
from app.web.ui.flashes import flash_with_undo
from app.web.ui.urls import leave_address, undo_address


def last_author(employee: Employee) -> str:
    """Return who changed a person last, for who may see their history; "" if that is not known.

    It is no reason to show nothing of a person whose record was read: a failure is logged.
    """
    history, moment = current_directory().history, last_moment(employee.history)
    if history is None or not moment or not may_see_history(current_viewer(), employee.id):
        return ""
    try:
        newest = history.find_change(employee.id, moment)
    except StorageUnavailable as error:
        log_store_failure(error, request_id())
        return ""
    author = newest.author if newest else Author()
    return author.name if author_name(author) == author.name else ""


def tell_saved(text: str, saved: Employee, before: Employee | None) -> None:
    """Tell of a save; offer to undo a change of who was there ``before``.

    Who was added by mistake is marked as left, or deleted from there by whoever may.
    """
    moment = last_moment(saved.history)
    if before is None and may(current_viewer(), Right.LEAVE):
        flash_with_undo(text, leave_address(saved.id))
    elif before is None or not moment or moment == last_moment(before.history):
        flash(text, "good")
    else:
        flash_with_undo(text, undo_address(saved.id, moment))
