"""How large a body may be, before it is received and before it is known who sends it."""

from collections.abc import Callable, Collection, Iterable

from flask import Flask
from werkzeug.http import parse_cookie

from app.access.modes import Mode
from app.accounts.services import SignInServices
from app.web.http.viewers import COOKIE, SECURE_COOKIE

FORM_WITH_FILES = "multipart/form-data"


class BodyLimits:
    """The limits of the server's workers, which receive bodies before the application is asked.

    A body that is larger than ``others`` is received only from somebody who may be known, by a
    session or by one of the ``headers`` (in upper case), or where everybody may do everything.
    Otherwise strangers could fill the disk, and with it the room for what others send. No store is
    asked: what is not known yet counts for the sender, whose rights are checked in any case.
    """

    def __init__(
        self,
        app: Flask,
        limit_of: Callable[[str], int],
        others: int,
        headers: Collection[str] = (),
    ) -> None:
        services: SignInServices = app.extensions["sign_in"]
        self._app = app
        self._access, self._sessions = services.access, services.sessions
        self._limit_of = limit_of
        self._others = others
        self._headers = headers

    def __call__(self, path: str, headers: Iterable[tuple[str, str]]) -> int:
        """Return the most bytes of a body at this path; names of headers are in upper case."""
        limit = self._limit_of(path)
        return limit if limit <= self._others or self._may_be_known(headers) else self._others

    def _may_be_known(self, headers: Iterable[tuple[str, str]]) -> bool:
        if not self._app.secret_key or self._access.last_mode in (None, Mode.OPEN):
            return True
        return any(
            name in self._headers or (name == "COOKIE" and self._has_session(value))
            for name, value in headers
        )

    def _has_session(self, cookies: str) -> bool:
        values = parse_cookie(cookies)
        return any(self._sessions.is_ours(values.get(each, "")) for each in (COOKIE, SECURE_COOKIE))
