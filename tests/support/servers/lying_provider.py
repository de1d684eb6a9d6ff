"""An OpenID provider that says and signs what a test tells it to."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OctKey, RSAKey

from app.settings.oidc import OidcSettings
from tests.support.servers.server_process import HOST

CLIENT_ID, CLIENT_SECRET = "directory", "s3cr3t-of-the-client"
REDIRECT = "http://127.0.0.1:5000/sign-in/back"
DISCOVERY, KEYS, TOKEN, USERINFO = (
    "/.well-known/openid-configuration", "/keys", "/token", "/userinfo"
)  # fmt: skip
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "HS256", "HS512", "none"]
Claims = dict[str, Any]


@lru_cache
def key(kid: str) -> Key:
    """A key of this name, made once; "ec" is one of an elliptic curve."""
    made = ECKey.generate_key("P-256") if kid.startswith("ec") else RSAKey.generate_key(2048)
    return type(made).import_key(made.as_dict(private=True), {"kid": kid, "use": "sig"})


class LyingProvider:
    """What it will say, and what it was asked.

    ``claims`` and ``user`` change the ID token and what /userinfo says; None takes a claim away.
    ``faults`` names what goes wrong at a path: ``hang``, ``500``, ``html``, ``redirect``, ``huge``,
    ``slow``, ``list``. ``document`` changes what it publishes.
    """

    def __init__(self) -> None:
        self.claims: Claims = {}
        self.user: Claims = {"email": "ana@example.com", "email_verified": True}
        self.document: dict[str, Any] = {}
        self.faults: dict[str, str] = {}
        self.asked: list[str] = []
        self.published = ["one"]
        self.keys: object = ...  # what is said instead
        self.header: dict[str, Any] = {"alg": "RS256", "kid": "one"}
        self.signing: Key = key("one")
        self.date: str | None = None
        self.token: dict[str, Any] = {}
        self.clock = time.time
        self._codes: dict[str, dict[str, str]] = {}
        self._subjects: dict[str, str] = {}
        self._ended = threading.Event()
        self._server = ThreadingHTTPServer((HOST, 0), self._handler())
        self._server.daemon_threads = True
        self.issuer = f"http://{HOST}:{self._server.server_address[1]}"

    def settings(self, **changes: Any) -> OidcSettings:
        """What an operator would configure."""
        return OidcSettings(**{
            "issuer": self.issuer, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET,
            "redirect_address": REDIRECT, "label": "Example", **changes,
        })  # fmt: skip

    def environment(self, public_address: str = "http://127.0.0.1:5000") -> dict[str, str]:
        """The same as settings of the environment."""
        return {"OIDC_ISSUER": self.issuer, "OIDC_CLIENT_ID": CLIENT_ID,
                "OIDC_CLIENT_SECRET": CLIENT_SECRET, "OIDC_LABEL": "Example",
                "PUBLIC_ADDRESS": public_address}  # fmt: skip

    def approve(self, address: str, subject: str = "ana") -> dict[str, str]:
        """Somebody signs in at the address to which the directory sent them: what comes back."""
        parts = urlsplit(address)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.issuer}/authorize"
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["client_id"] == CLIENT_ID
        code = secrets.token_urlsafe(12)
        self._codes[code] = {**asked, "sub": subject}
        return {"code": code, "state": asked["state"], "iss": self.issuer}

    def speak_tls(self, certificate: Path) -> None:
        """From now on speak TLS, with a certificate of its own that is written there."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(_certificate(certificate))
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.issuer = self.issuer.replace("http://", "https://")

    def count(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(asked == path for asked in self.asked)

    def id_token(self, nonce: str, subject: str = "ana") -> str:
        now = int(self.clock())
        claims = {"iss": self.issuer, "sub": subject, "aud": CLIENT_ID, "iat": now,
                  "exp": now + 300, "nonce": nonce, "name": "Ana Ruiz",
                  "email": "ana@example.com", "email_verified": True}  # fmt: skip
        return self.sign({**claims, **self.claims})

    def logout_token(self, subject: str = "ana", **changes: Any) -> str:
        event = "http://schemas.openid.net/event/backchannel-logout"
        now = int(self.clock())
        claims = {"iss": self.issuer, "sub": subject, "aud": CLIENT_ID, "iat": now,
                  "exp": now + 120, "jti": secrets.token_hex(8), "events": {event: {}}}  # fmt: skip
        return self.sign({**claims, **changes})

    def sign(self, claims: Claims) -> str:
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.header["alg"] == "none":
            return f"{_part(self.header)}.{_part(claims)}."
        return jwt.encode(self.header, claims, self.signing, algorithms=[self.header["alg"]])

    def sign_with_public_key(self) -> None:
        """As of now tokens are signed with HS256, with the public key as the secret."""
        self.header = {"alg": "HS256", "kid": "one"}
        public = key("one")
        assert isinstance(public, RSAKey)
        self.signing = OctKey.import_key(base64.b64encode(public.as_pem(private=False)))

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer({})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._answer({name: values[0] for name, values in parse_qs(body).items()})

            def date_time_string(self, timestamp: float | None = None) -> str:
                return provider.date or super().date_time_string(timestamp)

            def log_message(self, *arguments: object) -> None:
                pass

            def _answer(self, form: dict[str, str]) -> None:
                path = self.path.partition("?")[0]
                provider.asked.append(path)
                try:
                    if not provider._misbehave(self, provider.faults.get(path, "")):
                        authorization = self.headers.get("Authorization", "")
                        provider._send(self, *provider._reply(path, form, authorization))
                except OSError:
                    pass  # the directory waits no longer

        return Handler

    def _reply(self, path: str, form: dict[str, str], authorization: str) -> tuple[int, object]:
        if path == DISCOVERY:
            return 200, self._document()
        if path == KEYS:
            known = [key(kid).as_dict(private=False) for kid in self.published]
            return 200, {"keys": known if self.keys is ... else self.keys}
        if path == TOKEN:
            return self._exchange(form, authorization)
        if path == USERINFO:
            subject = self._subjects.get(authorization.removeprefix("Bearer "))
            return (200, {"sub": subject, **self.user}) if subject else (401, {})
        return 404, {}

    def _document(self) -> dict[str, Any]:
        document = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}{TOKEN}",
            "jwks_uri": f"{self.issuer}{KEYS}",
            "userinfo_endpoint": f"{self.issuer}{USERINFO}",
            "id_token_signing_alg_values_supported": ALGORITHMS,
            "authorization_response_iss_parameter_supported": True,
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "scopes_supported": ["openid", "email", "profile", "groups"],
        } | self.document
        return {name: value for name, value in document.items() if value is not None}

    def _exchange(self, form: dict[str, str], authorization: str) -> tuple[int, object]:
        if self._client(form, authorization) != (CLIENT_ID, CLIENT_SECRET):
            return 401, {"error": "invalid_client"}
        begun = self._codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if not begun or (begun["code_challenge"], begun["redirect_uri"]) != (
            challenge, form.get("redirect_uri")
        ):  # fmt: skip
            return 400, {"error": "invalid_grant"}
        access_token = secrets.token_urlsafe(12)
        self._subjects[access_token] = begun["sub"]
        token = {"access_token": access_token, "token_type": "Bearer",
                 "id_token": self.id_token(begun["nonce"], begun["sub"])}  # fmt: skip
        return 200, {**token, **self.token}

    def _client(self, form: dict[str, str], authorization: str) -> tuple[str, ...]:
        if authorization.startswith("Basic "):
            pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
            return tuple(unquote(part) for part in pair.split(":", 1))
        return form.get("client_id", ""), form.get("client_secret", "")

    def _misbehave(self, handler: BaseHTTPRequestHandler, fault: str) -> bool:
        """Do what is wrong; return whether that was the answer."""
        if fault == "hang":
            self._ended.wait(30)
        elif fault == "slow":
            handler.send_response(200)
            handler.end_headers()
            while not self._ended.wait(0.5):
                handler.wfile.write(b" ")
        elif fault == "huge":
            self._send(handler, 200, {"padding": "x" * 3_000_000})
        elif fault == "redirect":
            handler.send_response(302)
            handler.send_header("Location", f"{self.issuer}/elsewhere")
            handler.end_headers()
        elif fault in ("html", "500", "list"):
            body = {"html": "<h1>Sorry</h1>", "500": "{}", "list": "[]"}[fault]
            self._send(handler, 500 if fault == "500" else 200, body)
        return bool(fault)

    def _send(self, handler: BaseHTTPRequestHandler, status: int, content: object) -> None:
        body = content if isinstance(content, str) else json.dumps(content)
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body.encode())


def _part(value: Claims) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def address_of(path: str, answer: dict[str, str | None]) -> str:
    """The address with which a browser brings an answer back; None leaves a part out."""
    return f"{path}?{urlencode({name: part for name, part in answer.items() if part is not None})}"


def _certificate(path: Path) -> Path:
    """Write a certificate of this host that no authority knows, with its key."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a provider of the tests")])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), False)
    )
    signed = builder.sign(private, hashes.SHA256())
    key_text = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(key_text + signed.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def lying_provider() -> Iterator[LyingProvider]:
    provider = LyingProvider()
    provider.start()
    try:
        yield provider
    finally:
        provider.stop()
