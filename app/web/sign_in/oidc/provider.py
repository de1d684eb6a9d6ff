"""Provider: one OpenID provider, and what this process knows of it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from app.runtime.ttl import TtlValue
from app.settings.oidc import OidcSettings
from app.web.sign_in.oidc.calls import CallFailed, Calls
from app.web.sign_in.oidc.metadata import (
    Metadata,
    MetadataRejected,
    discovery_address,
    read_metadata,
)
from app.web.sign_in.oidc.rejections import SignInRejected, TokenRejected
from app.web.sign_in.ways import ProviderUnavailable

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

    from app.web.sign_in.oidc.tokens import Verifier
    from app.web.sign_in.oidc.transport import Client

log = logging.getLogger(__name__)
T = TypeVar("T")

METADATA_SECONDS = 3600.0
KEYS_SECONDS = 3600.0
UNKNOWN_KEY_SECONDS = 60.0
# While a provider hangs, the other threads of the server go on with pages.
MAX_AT_ONCE = 4
_MAX_WAIT_SECONDS = 0.3


class Attempt(NamedTuple):
    """A sign-in that was begun: random values that its end must fit."""

    state: str
    nonce: str
    verifier: str


class Provider:
    """The provider of these settings, which must be complete.

    Methods raise ProviderUnavailable if it does not answer, or not as a provider does, and if
    MAX_AT_ONCE of this process wait for it already.
    """

    def __init__(
        self,
        settings: OidcSettings,
        *,
        wants_groups: bool = False,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self._calls = Calls(settings, wants_groups=wants_groups)
        self._clock = clock
        self._monotonic = monotonic
        self._metadata: TtlValue[Metadata] = TtlValue(METADATA_SECONDS, monotonic)
        self._keys: TtlValue[KeySet] = TtlValue(KEYS_SECONDS, monotonic)
        self._slots = threading.BoundedSemaphore(MAX_AT_ONCE)
        self._lock = threading.Lock()
        self._unknown_key_at = float("-inf")

    def metadata(self) -> Metadata:
        """Return what the provider publishes, as it was within the last hour.

        While it does not answer, what it published last counts.
        """
        with self._slot():
            return self._published()

    def authorization_address(self, attempt: Attempt) -> str:
        """Return the address to which the browser is sent."""
        metadata = self.metadata()
        client = self._calls.client(metadata)
        return client.authorization_address(
            metadata.authorization_endpoint,
            state=attempt.state,
            nonce=attempt.nonce,
            code_verifier=attempt.verifier,
        )

    def check_issuer(self, named: str | None) -> None:
        """Raise SignInRejected unless the response names this provider, before its code is used.

        Without it, a response of another provider would bring our code to that one (RFC 9207).
        """
        is_required = self.metadata().names_issuer
        if named != self.settings.issuer and (named is not None or is_required):
            raise SignInRejected(
                f"This answer is not of {self.settings.label}, so it was not used. Sign in again.",
                "iss is missing" if named is None else "iss is of another provider",
            )

    def claims(self, code: str, attempt: Attempt) -> Mapping[str, Any]:
        """Exchange a code; return what the provider says of who signed in.

        Raises SignInRejected.
        """
        with self._slot():
            return self._claims(self._published(), code, attempt)

    def ended_subject(self, logout_token: object) -> tuple[str, int]:
        """Return the subject whose sessions end, and when the provider said so (Unix time).

        Raises TokenRejected.
        """
        with self._slot():
            claims = self._verifier(self._published()).logout_token(logout_token)
        return claims["sub"], int(claims["iat"])

    @contextmanager
    def _slot(self) -> Iterator[None]:
        # Those who wait for what another thread fetches take one too.
        if not self._slots.acquire(timeout=_MAX_WAIT_SECONDS):
            raise self._unavailable("too many wait for it")
        try:
            yield
        finally:
            self._slots.release()

    def _published(self) -> Metadata:
        try:
            return self._metadata.get(lambda _: self._fetch_metadata())
        except ProviderUnavailable:
            if self._metadata.last is None:
                raise
            return self._metadata.last

    def _fetch_metadata(self) -> Metadata:
        answer = self._ask(lambda client: client.get(discovery_address(self.settings.issuer)))
        try:
            return read_metadata(answer.document, self.settings)
        except MetadataRejected as error:
            raise self._unavailable(str(error)) from error

    def _fetch_keys(self, metadata: Metadata) -> KeySet:
        from app.web.sign_in.oidc.tokens import read_keys

        return read_keys(self._ask(lambda client: client.get(metadata.jwks_uri)).document)

    def _newer_keys(self, metadata: Metadata, known: KeySet) -> KeySet | None:
        with self._lock:  # whoever waits for it finds what was fetched meanwhile
            now = self._monotonic()
            if now - self._unknown_key_at >= UNKNOWN_KEY_SECONDS:
                self._unknown_key_at = now
                return self._keys.get(lambda _: self._fetch_keys(metadata), 0)
            return None if self._keys.last is known else self._keys.last

    def _verifier(self, metadata: Metadata) -> Verifier:
        from app.web.sign_in.oidc.tokens import Verifier

        keys = self._keys.get(lambda _: self._fetch_keys(metadata))
        return Verifier(
            issuer=self.settings.issuer,
            client_id=self.settings.client_id,
            algorithms=metadata.algorithms,
            keys=keys,
            newer_keys=lambda: self._newer_keys(metadata, keys),
            now=int(self._clock()),
        )

    def _claims(self, metadata: Metadata, code: str, attempt: Attempt) -> Mapping[str, Any]:
        token = self._fetch_token(metadata, code, attempt)
        try:
            claims = self._verifier(metadata).id_token(token.get("id_token"), attempt.nonce)
        except TokenRejected as error:
            raise SignInRejected(
                f"{self.settings.label} sent a sign-in that is not valid here. Sign in again. If "
                "that does not help, the clock of this machine may be wrong.",
                f"ID token: {error}",
            ) from error
        access_token = token.get("access_token")
        if claims.get("email") or not metadata.userinfo_endpoint or not access_token:
            return claims
        return self._with_user(metadata, str(access_token), claims)

    def _fetch_token(self, metadata: Metadata, code: str, attempt: Attempt) -> Mapping[str, object]:
        from app.web.sign_in.oidc.transport import CodeRefused

        try:
            return self._ask(
                lambda client: client.fetch_token(metadata.token_endpoint, code, attempt.verifier),
                metadata,
            )
        except CodeRefused as error:
            log.warning("%s refused a code: %s", self.settings.label, error)
            if error.error in ("invalid_client", "unauthorized_client"):
                raise SignInRejected(
                    f"{self.settings.label} does not accept this application: its client ID or "
                    "secret is wrong or has expired. Tell whoever runs the directory.",
                    str(error),
                    503,
                ) from error
            raise SignInRejected(
                "This sign-in was used already, or took too long. Sign in again.", str(error)
            ) from error

    def _with_user(
        self, metadata: Metadata, access_token: str, claims: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        user = self._ask(
            lambda client: client.get(metadata.userinfo_endpoint, access_token), metadata
        ).document
        if user.get("sub") != claims["sub"]:
            raise SignInRejected(
                f"{self.settings.label} described somebody else. Sign in again.",
                "sub of userinfo is another",
            )
        # Some put everything there but the subject. What proves an email stands beside it.
        email = {name: user.get(name) for name in ("email", "email_verified", "xms_edov")}
        return {**user, **claims, **email}

    def _ask(self, call: Callable[[Client], T], metadata: Metadata | None = None) -> T:
        try:
            return self._calls.ask(call, metadata)
        except CallFailed as error:
            raise self._unavailable(str(error)) from error

    def _unavailable(self, reason: str) -> ProviderUnavailable:
        log.warning("%s (%s) cannot be used: %s", self.settings.label, self.settings.issuer, reason)
        return ProviderUnavailable(self.settings.label)
