"""What the pages of signing in share: how they are shown, and what happens if a form fails."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import quote, urlsplit

from flask import Blueprint, Response, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from app.accounts.errors import PasswordsBusy, TooManyAttempts
from app.model.errors import StorageUnavailable
from app.text.plurals import count_of
from app.web.current import current_settings
from app.web.forms.rendering import Notice
from app.web.http.middleware import log_store_failure, request_id
from app.web.http.own_laptop import is_loopback
from app.web.sign_in.next_path import HOME
from app.web.sign_in.ways import Way, ways

_EXPIRED = "This page expired, or your browser keeps no cookies. Nothing was changed. Try again."
_NOT_RESPONDING = (
    "{service} is not responding, so nothing was changed. Try again in a minute. "
    "If the problem continues, give the help desk this code: {code}"
)
_UNKNOWN_OUTCOME = (
    "{service} is not responding, so we do not know whether this worked. Try again in a minute. "
    "If the problem continues, give the help desk this code: {code}"
)
_BUSY = (
    "Many people are signing in at this moment. Nothing was changed. Try again in a few seconds."
)
_RETRY_SECONDS = "5"
NO_ERRORS: Mapping[str, str] = MappingProxyType({})
# Show a form again with what was typed, but for passwords: notice, status.
Again = Callable[[Notice, int], ResponseReturnValue]


def show(
    template: str, *, notice: Notice | None = None, status: int = 200, **values: object
) -> ResponseReturnValue:
    """Render a page of signing in, with what all of them say."""
    settings = current_settings()
    page = render_template(
        template,
        notice=notice,
        company=settings.company_name,
        contact=settings.sign_in.contact,
        hours=count_of(settings.sign_in.hours, "hour", "hours"),
        is_clear=is_in_the_clear(),
        ways=ways(),
        way_address=way_address,
        **values,
    )
    return page, status, {"Retry-After": _RETRY_SECONDS} if status == 503 else {}


def way_address(way: Way, next_path: str) -> str:
    """Return the address at which a sign-in with this provider begins."""
    query = "" if next_path == HOME else f"?next={quote(next_path, safe='/')}"
    return f"/sign-in/with/{quote(way.key, safe='')}{query}"


def is_in_the_clear() -> bool:
    """Return whether others on the way can read what is typed: not on a laptop by itself."""
    try:
        host = urlsplit(f"//{request.host}").hostname or ""
    except ValueError:
        host = ""
    is_own = is_loopback(host) and is_loopback(request.remote_addr or "")
    return not (request.is_secure or is_own)


def wait_page(error: TooManyAttempts, again: Again) -> Response:
    """Show the form again to somebody who has to wait, and say how long."""
    response = make_response(again(Notice("bad", str(error)), 429))
    response.headers["Retry-After"] = str(error.seconds)
    return response


def keep_typed(pages: Blueprint, again: Again) -> None:
    """Show the form of these pages again, by ``again(notice, status)``, after what went wrong.

    What was typed is kept by ``again``, but for passwords. A page that cannot be shown without the
    store, or without the key that signs its form, is a 503.
    """

    @pages.before_request
    def need_key() -> None:
        if "keyless" in g:
            raise g.keyless

    @pages.errorhandler(CSRFError)
    def expired(error: CSRFError) -> ResponseReturnValue:
        return again(Notice("bad", _EXPIRED), 400)

    @pages.errorhandler(StorageUnavailable)
    def unavailable(error: StorageUnavailable) -> ResponseReturnValue:
        log_store_failure(error, request_id())
        if request.method != "POST" or "keyless" in g:
            return _unavailable_page(error)
        try:
            return again(Notice("bad", _sentence(error)), 503)
        except StorageUnavailable:
            return _unavailable_page(error)


def _sentence(error: StorageUnavailable) -> str:
    if isinstance(error, PasswordsBusy):
        return _BUSY
    service = error.service[:1].upper() + error.service[1:]
    sentence = _UNKNOWN_OUTCOME if error.maybe_written else _NOT_RESPONDING
    return sentence.format(service=service, code=request_id())


def _unavailable_page(error: StorageUnavailable) -> ResponseReturnValue:
    page = render_template("503.html", error=error, request_id=request_id())
    return page, 503, {"Retry-After": _RETRY_SECONDS}
