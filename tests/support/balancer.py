"""A load balancer of AWS that signs in people: its tokens, and the server of its public keys."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from email.message import Message
from typing import Any
from urllib.error import HTTPError

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ARN = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/d/0123456789abcdef"
ISSUER, CLIENT = "https://idp.example", "directory"
SETTINGS = {"ALB_SIGN_IN": ARN, "OIDC_ISSUER": ISSUER, "OIDC_CLIENT_ID": CLIENT}
KEY_ID = "11111111-2222-3333-4444-555555555555"
KEYS = "https://public-keys.auth.elb.eu-central-1.amazonaws.com/"


class Balancer:
    """Signs with one key, and serves it; ``asked`` are the addresses of keys asked for."""

    def __init__(self, key_id: str = KEY_ID) -> None:
        self.key = generate_private_key(SECP256R1())
        self.key_id = key_id
        self.asked: list[str] = []
        self.failure: OSError | None = None

    def fetch(self, address: str) -> bytes:
        """Serve as AWS does: the key in PEM, 403 for another."""
        self.asked.append(address)
        if self.failure is not None:
            raise self.failure
        if address != KEYS + self.key_id:
            raise HTTPError(address, 403, "Forbidden", Message(), None)
        return public_pem(self.key)

    def header(self, **changed: object) -> dict[str, Any]:
        """The header of a token; a member that is None is left out."""
        usual = {
            "typ": "JWT",
            "kid": self.key_id,
            "alg": "ES256",
            "iss": ISSUER,
            "client": CLIENT,
            "signer": ARN,
            "exp": int(time.time()) + 120,
        }
        return {name: each for name, each in (usual | changed).items() if each is not None}

    def token(
        self, claims: Mapping[str, object], *, key: EllipticCurvePrivateKey | None = None,
        der: bool = False, padded: bool = True, alphabet: str = "-_", **header: object,
    ) -> str:  # fmt: skip
        """A token as an ALB signs it: every part is padded, and the padding is signed."""
        parts = (encoded(part, padded) for part in (self.header(**header), claims))
        signed = ".".join(parts).translate(str.maketrans("-_", alphabet))
        signature = (key or self.key).sign(signed.encode(), ECDSA(hashes.SHA256()))
        if not der:
            r, s = decode_dss_signature(signature)
            signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return f"{signed}.{base64url(signature, padded)}"


def public_pem(key: EllipticCurvePrivateKey) -> bytes:
    """The public key as AWS serves it."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def encoded(part: Mapping[str, object], padded: bool = True) -> str:
    """A part of a token."""
    return base64url(json.dumps(part).encode(), padded)


def base64url(content: bytes, padded: bool = True) -> str:
    text = base64.urlsafe_b64encode(content).decode()
    return text if padded else text.rstrip("=")
