"""The id of a form: minted with it and signed, so that the same form sent twice does one thing."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer


class FormIdForged(Exception):
    """The id that came back with a form is not one that we gave out."""


def mint_form_id() -> str:
    """A fresh id, signed."""
    return str(_signer().dumps(str(uuid.uuid4())))


def read_form_id(signed: str) -> str:
    """The id in a form that came back. Raises FormIdForged."""
    try:
        found = _signer().loads(signed)
    except BadSignature as error:
        raise FormIdForged from error
    if not isinstance(found, str):
        raise FormIdForged
    return found


def write_id_of(form_id: str, content: Iterable[str]) -> str:
    """The id of one saving of a form: the same content is the same saving, other content another.

    The id of the form alone would not do: a person who goes back, changes a word and saves again
    would be told "saved" by a store that took it for the first saving, sent twice.
    """
    digest = hashlib.blake2b(digest_size=16)
    for part in (form_id, *content):
        raw = part.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()


def _signer() -> URLSafeSerializer:
    fallbacks = current_app.config.get("SECRET_KEY_FALLBACKS") or []
    keys = [*reversed(fallbacks), current_app.config["SECRET_KEY"]]  # itsdangerous: the newest last
    return URLSafeSerializer(keys, salt="form-id")
