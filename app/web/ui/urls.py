"""The URLs that pages link to.

An id may have any character; see text/id_paths.py.
"""

import base64
import binascii
import secrets
from typing import Any
from urllib.parse import quote, urlencode

from flask import current_app, request
from itsdangerous import Signer

from app.photos.keys import is_foreign_key, thumbnail_key
from app.text.id_paths import id_key, id_path

SIGNATURE = "s"
# Pages below the chart, which no id may hide.
_PAGES_OF_ORG = frozenset({"issues"})
_UNSHARED_KEY = secrets.token_hex(32)


def person_address(employee_id: str) -> str:
    """Return the URL of a person's page; an id may have any character."""
    return f"/employee{id_path(employee_id)}"


def org_address(employee_id: str) -> str:
    """Return the URL of the org chart around a person."""
    tail = id_key(employee_id) if employee_id in _PAGES_OF_ORG else id_path(employee_id)
    return f"/org{tail}"


def drawing_address(employee_id: str) -> str:
    """Return the URL of the org chart around a person as a picture."""
    return f"/org-svg{id_path(employee_id)}"


def branch_key(employee_id: str) -> str:
    """Return what names a person in the addresses of charts whose branches are open."""
    return id_path(employee_id).removeprefix("/")


def add_reports_address(employee_id: str) -> str:
    """Return the URL of the page that adds direct reports of a person."""
    return f"/add-reports{id_path(employee_id)}"


def edit_address(employee_id: str) -> str:
    """Return the URL of a person's form."""
    return f"/edit{id_path(employee_id)}"


def delete_address(employee_id: str) -> str:
    """Return the URL of the page that asks before a deletion."""
    return f"/delete{id_path(employee_id)}"


def history_address(employee_id: str) -> str:
    """Return the URL of a person's history."""
    return _below_person(employee_id, "/history")


def change_address(employee_id: str, moment: str) -> str:
    """Return the URL of one change of a person."""
    return _below_person(employee_id, f"/history/{quote(moment)}")


def undo_address(employee_id: str, moment: str) -> str:
    """Return the URL of the page that asks before a change is undone."""
    return _below_person(employee_id, f"/history/{quote(moment)}/undo")


def _below_person(employee_id: str, page: str) -> str:
    path = id_path(employee_id)
    return f"{page}{path}" if path.startswith("?") else f"/employee{path}{page}"


def leave_address(employee_id: str) -> str:
    """Return the URL of the page that asks for a last day."""
    return f"/leave{id_path(employee_id)}"


def merge_address(employee_id: str, other_id: str = "") -> str:
    """Return the URL of the page that merges another record into this one."""
    return _with_other(f"/merge{id_path(employee_id)}", other_id)


def unmerge_address(employee_id: str, other_id: str) -> str:
    """Return the URL of the page that asks before a merge is taken back."""
    return _with_other(f"/unmerge{id_path(employee_id)}", other_id)


def _with_other(address: str, other_id: str) -> str:
    if not other_id:
        return address
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}{urlencode({'with': other_id}, errors='replace')}"


def restore_address(employee_id: str) -> str:
    """Return the URL of the page that asks before somebody is restored."""
    return f"/restore{id_path(employee_id)}"


def card_address(employee_id: str) -> str:
    """Return the URL of a person's vCard."""
    return f"/vcard{id_path(employee_id)}"


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


def sign_in_address() -> str:
    """Return the URL of the page to sign in, which leads back to the page of this request."""
    if request.method not in ("GET", "HEAD"):
        return "/sign-in"
    query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
    back = quote(request.path) + query
    return "/sign-in" if back == "/" else f"/sign-in?next={quote(back, safe='/')}"


FOR_TEMPLATES = {
    function.__name__: function
    for function in (
        *(list_address, person_address, org_address, card_address, edit_address, delete_address),
        *(add_reports_address, branch_key),
        *(leave_address, restore_address, history_address, merge_address, unmerge_address),
    )
}
