"""Turn errors into pages, with the user's input returned where a form was sent."""

import logging
import tempfile
import time

from flask import Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app.accounts.audit_log import Event, record
from app.accounts.errors import AccountDisabled, TooManyAttempts
from app.model.errors import (
    EditConflict,
    EmployeeNotFound,
    NotAllowed,
    PhotoNotFound,
    PhotosOff,
    RecordTooLarge,
    ReportingLoop,
    StorageUnavailable,
)
from app.runtime import disk_errors
from app.web.current import current_settings, current_viewer
from app.web.forms import recovery
from app.web.forms.managers import circle_words
from app.web.http.body_limits import FORM_WITH_FILES
from app.web.http.middleware import log_store_failure, request_id
from app.web.ui.urls import sign_in_address

log = logging.getLogger(__name__)

_MEGABYTE = 1024 * 1024
_MAX_DRAIN_BYTES = 256 * _MEGABYTE
_MAX_DRAIN_SECONDS = 8.0
_JSON = frozenset({"imports.progress"})  # answers a script, not a person
# Of 401 and 403: a load balancer or a proxy says who asks, and is not believed, or may not enter.
_PAGES = {401: "sign_in_refused.html", 403: "sign_in_refused.html", 404: "404.html",
          405: "405.html"}  # fmt: skip
_PLAIN_TEXT_BLUEPRINTS = frozenset({"photos", "static_files"})


def register(app: Flask) -> None:
    """Register a page with the right status for every error that views let pass."""
    app.register_error_handler(EmployeeNotFound, _not_found)
    app.register_error_handler(EditConflict, _conflict)
    app.register_error_handler(ReportingLoop, _reporting_loop)
    app.register_error_handler(NotAllowed, _not_allowed)
    app.register_error_handler(AccountDisabled, _disabled)
    app.register_error_handler(TooManyAttempts, _too_many)
    app.register_error_handler(PhotoNotFound, _photo_not_found)
    app.register_error_handler(PhotosOff, _photos_off)
    app.register_error_handler(RecordTooLarge, _record_too_large)
    app.register_error_handler(StorageUnavailable, _unavailable)
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(HTTPException, _rejected)
    app.register_error_handler(Exception, _failed)


def _form_with_input(error: Exception) -> ResponseReturnValue:
    """Return the page with all input; what has too much of it is refused as anywhere else."""
    try:
        return recovery.form_with_input(error)
    except RequestEntityTooLarge as too_large:
        return _too_large(too_large)


def _not_found(error: EmployeeNotFound) -> ResponseReturnValue:
    if recovery.holds_typed_form():
        return _form_with_input(error)
    return recovery.person_not_found(error)


def _conflict(error: EditConflict) -> ResponseReturnValue:
    return recovery.conflict_page(error)


def _reporting_loop(error: ReportingLoop) -> ResponseReturnValue:
    if recovery.holds_typed_form():
        return _form_with_input(error)
    circle, is_saved = circle_words(error), error.saved is not None
    return render_template("409.html", status=409, circle=circle, is_saved=is_saved), 409


def _not_allowed(error: NotAllowed) -> ResponseReturnValue:
    """Lead somebody who has not signed in to where they can; tell others who may do this."""
    viewer = current_viewer()
    if viewer.is_signed_in:  # of all others there are too many, and nobody to ask
        record(Event.NOT_ALLOWED, account=viewer.account_id, reason=error.right)
    is_page = request.blueprint not in _PLAIN_TEXT_BLUEPRINTS and request.endpoint not in _JSON
    if not is_page:
        return f"You may not {error.right}.\n", 403, {"Content-Type": "text/plain"}
    if not viewer.is_signed_in:
        if recovery.holds_typed_form():
            return _form_with_input(error)
        if request.method in ("GET", "HEAD"):
            return redirect(sign_in_address(), 303)
    contact = current_settings().sign_in.contact
    return render_template("403.html", right=error.right, contact=contact), 403


def _disabled(error: AccountDisabled) -> ResponseReturnValue:
    return render_template("disabled.html", message=str(error)), 403


def _too_many(error: TooManyAttempts) -> ResponseReturnValue:
    page = render_template("429.html", message=str(error))
    return page, 429, {"Retry-After": str(error.seconds)}


def _photo_not_found(error: PhotoNotFound) -> ResponseReturnValue:
    return "There is no photo at this address.\n", 404, {"Content-Type": "text/plain"}


def _photos_off(error: PhotosOff) -> ResponseReturnValue:
    return _form_with_input(error)


def _record_too_large(error: RecordTooLarge) -> ResponseReturnValue:
    return _form_with_input(error)


def _unavailable(error: StorageUnavailable) -> ResponseReturnValue:
    """Show plain words; log the action and the resource for the operator."""
    log_store_failure(error, request_id())
    if request.blueprint in _PLAIN_TEXT_BLUEPRINTS:
        text = f"{error.service} is not responding. Code for the help desk: {request_id()}\n"
        return text, 503, {"Content-Type": "text/plain"}
    if recovery.holds_typed_form():
        return _form_with_input(error)
    return _unavailable_page(error)


def _unavailable_page(error: StorageUnavailable) -> ResponseReturnValue:
    page = render_template("503.html", error=error, request_id=request_id())
    return page, 503, {"Retry-After": "5"}


def _form_expired(error: CSRFError) -> ResponseReturnValue:
    if recovery.holds_typed_form():
        return _form_with_input(error)
    return render_template("expired.html"), 400


def _too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    _drain()
    limit, length = request.max_content_length, request.content_length
    # Otherwise the form has too many or too large fields.
    is_long = request.mimetype == FORM_WITH_FILES and (
        length is None or (limit is not None and length > limit)
    )
    page = render_template(
        "413.html",
        title="The file is too large" if is_long else "The form has too much data",
        is_long=is_long,
        is_import=request.blueprint == "imports",
        max_megabytes=(limit or 0) // _MEGABYTE,
    )
    return page, 413


def _drain() -> None:
    """Read the rest of the request: only then do browsers show the response."""
    stream = request.environ["wsgi.input"]
    ends_at = time.monotonic() + _MAX_DRAIN_SECONDS
    remaining = min(request.content_length or 0, _MAX_DRAIN_BYTES)
    while remaining > 0 and time.monotonic() < ends_at:
        chunk = stream.read(min(remaining, 65536))
        if not chunk:
            return
        remaining -= len(chunk)


def _rejected(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status >= 500:
        return _failed(error)
    if error.response is not None or status < 400:
        return error
    if request.blueprint in _PLAIN_TEXT_BLUEPRINTS:
        return f"{error.name}\n", status, {"Content-Type": "text/plain"}
    page = render_template(_PAGES.get(status, "400.html"), status=status, request_id=request_id())
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    if methods := getattr(error, "valid_methods", None):
        headers["Allow"] = ", ".join(sorted(methods))
    return page, status, headers


def _failed(error: Exception) -> ResponseReturnValue:
    for reason in (error, error.__cause__):
        if isinstance(reason, OSError) and disk_errors.is_full(reason):
            return _disk_full(reason)
    log.error(
        "a request failed",
        exc_info=getattr(error, "original_exception", None) or error,
        extra={"directory": {"request_id": request_id()}},
    )
    return render_template("500.html", request_id=request_id()), 500


def _disk_full(error: OSError) -> ResponseReturnValue:
    """Show that the disk for uploads is full; the rest of the request was not read."""
    reason = error.strerror or str(error)
    full = StorageUnavailable("the disk of this machine", "write", tempfile.gettempdir(), reason)
    log_store_failure(full, request_id())
    return _unavailable_page(full)
