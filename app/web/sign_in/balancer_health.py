"""The health check of a load balancer that signs in: whether this machine reaches its keys."""

from __future__ import annotations

from functools import partial
from urllib.error import HTTPError

from app.contracts.checks import Check, Finding, failed, ok
from app.runtime.time_limit import call_within
from app.settings import Settings
from app.web.sign_in.balancer_keys import TIMEOUT_SECONDS, Fetch, fetch_key, key_address

_NO_KEY = "00000000-0000-0000-0000-000000000000"


def balancer_checks(settings: Settings, fetch: Fetch | None = None) -> list[Check]:
    """Return the check of the load balancer of these settings; none if there is none."""
    balancer = settings.load_balancer
    if balancer is None:
        return []
    address = key_address(balancer.region, _NO_KEY)
    return [Check("Load balancer", lambda: check_keys(address, fetch or fetch_key))]


def check_keys(address: str, fetch: Fetch) -> Finding:
    """Check that whoever publishes the keys answers; that it has no such key is an answer."""
    try:
        call_within(TIMEOUT_SECONDS, partial(fetch, address), name="balancer key")
    except HTTPError as error:
        error.close()
        if error.code >= 500:
            return _failed(address, str(error))
    except OSError as error:
        return _failed(address, str(error) or type(error).__name__)
    return ok("It signs in people, and this machine reaches the keys that it signs with.")


def _failed(address: str, reason: str) -> Finding:
    return failed(
        "This machine does not reach the keys with which the load balancer signs, so nobody can "
        f"sign in: {reason}.",
        f"curl -sS -m 5 {address}",
        "Let the machine reach AWS over HTTPS, by a NAT gateway or a proxy (HTTPS_PROXY)",
    )
