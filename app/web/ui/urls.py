"""The URLs that pages link to.

An id may have any character. Where browsers and proxies would change the path (``.`` and ``..``,
slashes, control characters, more than a server takes in a line), the URL has the id as a key:
``/employee?key=Li4``, base64url of its UTF-8. No id can collide with it, and ``/employee/<id>``
reaches everyone too, if it arrives as it was typed.
"""

import base64
import binascii
import re
import secrets
from typing import Any
from urllib.parse import quote, urlencode

from flask import current_app, request
from itsdangerous import Signer

from app.photos.keys import is_foreign_key, thumbnail_key

SIGNATURE = "s"
_MAX_QUOTED_CHARACTERS = 2_000
_UNSHARED_KEY = secrets.token_hex(32)
# A path loses segments that are empty, ``.`` or ``..``; a backslash counts as a slash.
_CHANGED_IN_PATH = re.compile(r"(?:^|[/\\])\.{0,2}(?:[/\\]|$)|[\x00-\x1f\x7f]").search


def person_address(employee_id: str) -> str:
    """Return the URL of a person's page; an id may have any character."""
    return f"/employee{_id_part(employee_id)}"


def edit_address(employee_id: str) -> str:
    """Return the URL of a person's form."""
    return f"/edit{_id_part(employee_id)}"


def delete_address(employee_id: str) -> str:
    """Return the URL of the page that asks before a deletion."""
    return f"/delete{_id_part(employee_id)}"


def card_address(employee_id: str) -> str:
    """Return the URL of a person's vCard."""
    return f"/vcard{_id_part(employee_id)}"


def portrait_address(photo_key: str) -> str:
    """Return the URL of a large photo; a key of ours needs no quoting.

    That of a foreign key is signed, so that nobody can ask for an object that no record names.
    """
    if is_foreign_key(photo_key):
        signature = photo_signer().get_signature(photo_key).decode()
        return f"/photos/{quote(photo_key)}?{urlencode({SIGNATURE: signature})}"
    return f"/photos/{photo_key}"


def photo_signer() -> Signer:
    """Return the signer of foreign keys; without a secret key, one whose signatures end with us."""
    fallbacks = current_app.config.get("SECRET_KEY_FALLBACKS") or []
    newest = current_app.config["SECRET_KEY"] or _UNSHARED_KEY
    return Signer([*reversed(fallbacks), newest], salt="photo")  # the newest last


def thumbnail_address(photo_key: str) -> str:
    """Return the URL of a small photo."""
    return portrait_address(thumbnail_key(photo_key))


def _id_part(employee_id: str) -> str:
    if employee_id.isascii() and employee_id.replace("-", "").isalnum():
        return f"/{employee_id}"  # an id of ours; a list has 24 of them
    quoted = quote(employee_id, safe="", errors="replace")
    if len(quoted) <= _MAX_QUOTED_CHARACTERS and not _CHANGED_IN_PATH(employee_id):
        return f"/{quoted}"
    raw = employee_id.encode("utf-8", "replace")
    return f"?key={base64.urlsafe_b64encode(raw).rstrip(b'=').decode('ascii')}"


def read_id_key(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Set the id of a request whose URL has it as a key; "", which nobody has, if it has none."""
    if values is not None and values.get("employee_id") == "":
        key = request.args.get("key", "")
        try:
            raw = base64.urlsafe_b64decode(key.rstrip("=") + "=" * (-len(key.rstrip("=")) % 4))
            values["employee_id"] = raw.decode()
        except (ValueError, binascii.Error):
            return


def list_address(**conditions: str) -> str:
    """Return the URL of a filtered list."""
    return f"/?{urlencode(conditions, errors='replace')}"
