"""Limit how often somebody may change something, so that a script cannot wear out the store."""

from flask import Flask, request

from app.access.viewer import Origin
from app.accounts.errors import TooManyAttempts
from app.accounts.limits import RateLimit, address_key
from app.web.current import current_viewer

WRITES_PER_MINUTE = 120
WRITES_AT_ONCE = 240
# An import is one request for many people, and its pages ask often how far it is.
_UNLIMITED = frozenset({"imports", "import_files", "import_choices"})
# A provider tells of everybody who signs out there from one address, and only once.
_SIGNED_OUT_ELSEWHERE = "oidc.ended"


def register(app: Flask) -> None:
    """Limit the writes of each viewer of this application, in each process."""
    limit = RateLimit(WRITES_PER_MINUTE, WRITES_AT_ONCE)

    @app.before_request
    def check() -> None:
        viewer = current_viewer()
        # An open directory is as it was before there was a sign-in: scripts may rely on that.
        if request.method in ("GET", "HEAD", "OPTIONS") or viewer.origin is Origin.OPEN:
            return
        if request.blueprint in _UNLIMITED or request.endpoint == _SIGNED_OUT_ELSEWHERE:
            return
        if wait := limit.take(viewer.account_id or address_key(request.remote_addr)):
            raise TooManyAttempts(wait)
