"""The ids of a request: its own, and that of the trace that a balancer of AWS began.

Both are taken over from trusted proxies alone, and only in the form that they have: they are
shown on pages, stored in the history and written into the log.
"""

import re
import secrets
from typing import cast

from flask import Flask, Request, g

from app.runtime import log_context
from app.settings import Settings

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}", re.ASCII)
# Of "Self=1-…;Root=1-…;Sampled=1", the part that the access log of the balancer has, too.
_ROOT = re.compile(r"(?:^|;) *Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;|$)", re.ASCII)
_MAX_TRACE_CHARACTERS = 500


def begin(app: Flask, request: Request) -> None:
    """Give the request its ids, and each line of the log until its end."""
    trusts_proxies = cast(Settings, app.extensions["settings"]).trusted_proxies > 0
    g.request_id = (_sent_id(request) if trusts_proxies else "") or secrets.token_hex(8)
    fields = {"request_id": g.request_id}
    if trusts_proxies and (trace := _trace_root(request)):
        fields["trace_id"] = trace
    log_context.begin(fields)


def _sent_id(request: Request) -> str:
    sent = request.headers.get("X-Request-Id", "")
    return sent if _ID.fullmatch(sent) else ""


def _trace_root(request: Request) -> str:
    sent = request.headers.get("X-Amzn-Trace-Id", "")
    found = _ROOT.search(sent) if len(sent) <= _MAX_TRACE_CHARACTERS else None
    return found[1] if found else ""
