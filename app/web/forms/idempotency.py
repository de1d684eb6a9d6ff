"""The id of a form: minted with it and signed, so that sending it twice has one effect."""

import hashlib
import uuid
from collections.abc import Iterable

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer


class FormIdForged(Exception):
    """The id in a posted form was not signed by us."""


def mint_form_id() -> str:
    """Return a new signed form id."""
    return str(_signer().dumps(str(uuid.uuid4())))


def read_form_id(signed: str) -> str:
    """Verify and return the id of a posted form. Raises FormIdForged."""
    try:
        form_id = _signer().loads(signed)
    except BadSignature as error:
        raise FormIdForged from error
    if not isinstance(form_id, str):
        raise FormIdForged
    return form_id


def write_id_of(form_id: str, content: Iterable[str]) -> str:
    """Return the id of one save of a form: equal for equal content, different for other content."""
    digest = hashlib.blake2b(digest_size=16)
    for part in (form_id, *content):
        raw = part.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()


def _signer() -> URLSafeSerializer:
    fallbacks = current_app.config.get("SECRET_KEY_FALLBACKS") or []
    keys = [*reversed(fallbacks), current_app.config["SECRET_KEY"]]  # itsdangerous: the newest last
    return URLSafeSerializer(keys, salt="form-id")
