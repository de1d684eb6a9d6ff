"""Health checks of the OpenID provider, with the requests that a sign-in makes."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from app.contracts.checks import Check, Finding, failed, ok, warning
from app.diagnostics.machine import setting_line
from app.settings import Settings
from app.settings.addresses import is_loopback
from app.settings.oidc import OidcSettings
from app.text.plurals import count_of
from app.web.sign_in.oidc.calls import CallFailed, Calls
from app.web.sign_in.oidc.metadata import MetadataRejected, discovery_address, read_metadata

MAX_CLOCK_SECONDS = 60
_EXAMPLES = {
    "OIDC_ISSUER": "https://example.okta.com",
    "PUBLIC_ADDRESS": "https://people.example.com",
}
_PLACEHOLDER = re.compile(
    r"(?i)((your|my|the)?[-_ ]?(app(lication)?|client)?[-_ ]?secret([-_ ]?(value|here))?"
    r"|change[-_ ]?(me|this|it)|password|placeholder|example|todo|none|null|([x*.])\8*)"
)
_UUID = re.compile(r"(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def provider_checks(settings: Settings, clock: Callable[[], float] = time.time) -> list[Check]:
    """Return the checks of the provider of these settings; none if people sign in elsewhere."""
    oidc = settings.sign_in.oidc
    if oidc is None or settings.load_balancer is not None:
        return []
    checks = [Check("OpenID provider", lambda: check_provider(oidc))]
    if not oidc.missing:
        checks.append(Check("Provider's clock", lambda: check_clock(oidc, clock)))
        checks.append(Check("Client secret", lambda: check_secret(oidc)))
    return checks


def check_provider(oidc: OidcSettings) -> Finding:
    """Check that the provider answers, is who the settings say, and publishes keys."""
    from app.web.sign_in.oidc.tokens import read_keys

    if oidc.missing:
        name = oidc.missing[0]
        line = f"{name}={_EXAMPLES.get(name, 'value')}"
        return failed(oidc.problem, *setting_line(line))
    calls = Calls(oidc)
    began = time.perf_counter()
    try:
        document = calls.ask(lambda client: client.get(discovery_address(oidc.issuer))).document
        metadata = read_metadata(document, oidc)
        keys = read_keys(calls.ask(lambda client: client.get(metadata.jwks_uri)).document)
    except (CallFailed, MetadataRejected) as error:
        hint = "Check OIDC_ISSUER, and that this machine reaches it"
        return failed(f"{oidc.label} cannot be used. {error}", _curl(oidc), hint)
    milliseconds = 1000 * (time.perf_counter() - began)
    if not keys:
        return failed(f"{oidc.label} publishes no key that signs.", _curl(oidc))
    message = (
        f"{oidc.label} answers in {milliseconds:.0f} ms with "
        f"{count_of(len(keys.keys), 'key', 'keys')}. It must know the redirect address "
        f"{oidc.redirect_address}"
    )
    if _is_in_the_clear(oidc.redirect_address):
        return warning(
            f"{message}, which is not encrypted: most providers refuse that.",
            *setting_line("PUBLIC_ADDRESS=https://people.example.com"),
        )
    return ok(f"{message}.")


def check_clock(oidc: OidcSettings, clock: Callable[[], float] = time.time) -> Finding:
    """Check that the clocks of the provider and of this machine agree: tokens have times."""
    try:
        answer = Calls(oidc).ask(lambda client: client.get(discovery_address(oidc.issuer)))
    except CallFailed:
        return warning(f"{oidc.label} does not say what time it is, since it does not answer.")
    try:
        theirs = parsedate_to_datetime(answer.date).timestamp()
    except ValueError:
        return ok(f"{oidc.label} does not say what time it is.")
    seconds = round(clock() - theirs)
    if abs(seconds) <= MAX_CLOCK_SECONDS:
        return ok(f"The clock of this machine agrees with that of {oidc.label}.")
    return failed(
        f"The clock of this machine is {_duration(abs(seconds))} "
        f"{'ahead of' if seconds > 0 else 'behind'} that of {oidc.label}, so its sign-ins are "
        "refused as too old or not yet valid.",
        "timedatectl\nsudo chronyc makestep",
        "Set the clock, and keep it right with NTP",
    )


def check_secret(oidc: OidcSettings) -> Finding:
    """Check that the secret is none that an example has; the secret is not shown."""
    fix = setting_line("OIDC_CLIENT_SECRET=value")
    if _PLACEHOLDER.fullmatch(oidc.client_secret):
        return failed("OIDC_CLIENT_SECRET still has a placeholder.", *fix)
    if oidc.is_entra and _UUID.fullmatch(oidc.client_secret):
        return failed("OIDC_CLIENT_SECRET is the ID of a secret in Entra, and not its Value.", *fix)
    return ok("OIDC_CLIENT_SECRET is set. Only a sign-in shows whether it is right.")


def _is_in_the_clear(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "http" and not is_loopback(parts.hostname or "")


def _duration(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} seconds"
    if seconds < 7200:
        return f"{seconds // 60} minutes"
    return f"{seconds // 3600} hours"


def _curl(oidc: OidcSettings) -> str:
    return f"curl -sS {discovery_address(oidc.issuer)}"
