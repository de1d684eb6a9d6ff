"""Calls to the provider, each within a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from app.runtime import deadline
from app.runtime.time_limit import call_within
from app.settings.oidc import OidcSettings
from app.web.sign_in.oidc.metadata import Metadata

if TYPE_CHECKING:
    from app.web.sign_in.oidc.transport import Client

T = TypeVar("T")

_SCOPES = "openid email profile"


class CallFailed(Exception):
    """The provider gave no answer that can be used; the message says why."""


class Calls:
    """The calls to one provider."""

    def __init__(self, settings: OidcSettings, *, wants_groups: bool = False) -> None:
        self._settings = settings
        self._wants_groups = wants_groups

    def ask(self, call: Callable[[Client], T], metadata: Metadata | None = None) -> T:
        """Return what the call of a client returns. Raises CallFailed."""
        from app.web.sign_in.oidc.transport import ALL_SECONDS, NoAnswer

        client = self.client(metadata)
        seconds = min(ALL_SECONDS, deadline.remaining())
        try:
            return call_within(seconds, lambda: call(client), name="OpenID provider")
        except (NoAnswer, TimeoutError) as error:
            raise CallFailed(str(error)) from error

    def client(self, metadata: Metadata | None = None) -> Client:
        """Return a client for one sign-in."""
        from app.web.sign_in.oidc.transport import Client

        scopes = _SCOPES
        if metadata and self._wants_groups and "groups" in metadata.scopes:
            scopes += " groups"
        return Client(
            self._settings.client_id,
            self._settings.client_secret,
            scope=scopes,
            redirect_uri=self._settings.redirect_address,
            token_endpoint_auth_method=metadata.auth_method if metadata else None,
        )
