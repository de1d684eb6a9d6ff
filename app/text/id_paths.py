"""The part of a URL that names a person by id, which may have any character.

Where browsers and proxies would change the path (``.`` and ``..``, slashes, control characters,
more than a server takes in a line), or it would lead to a history, the URL has the id as a key:
``/employee?key=Li4``, base64url of its UTF-8. No id can collide with it, and ``/employee/<id>``
reaches everyone else too, if it arrives as it was typed.
"""

import base64
import re
from functools import lru_cache
from urllib.parse import quote

_MAX_QUOTED_CHARACTERS = 2_000
# A path loses segments that are empty, ``.`` or ``..``; a backslash counts as a slash. Below a
# person's page is their history.
_CHANGED_IN_PATH = re.compile(
    r"(?:^|[/\\])\.{0,2}(?:[/\\]|$)|[\x00-\x1f\x7f]|/history(?:[/.]|$)"
).search


@lru_cache(maxsize=256)  # a history has many links below the same id
def id_path(employee_id: str) -> str:
    """Return what follows the name of a page in the URL of a person's: ``/<id>`` or a key."""
    if employee_id.isascii() and employee_id.replace("-", "").isalnum():
        return f"/{employee_id}"  # an id of ours; a list has 24 of them
    quoted = quote(employee_id, safe="", errors="replace")
    if len(quoted) <= _MAX_QUOTED_CHARACTERS and not _CHANGED_IN_PATH(employee_id):
        return f"/{quoted}"
    return id_key(employee_id)


def id_key(employee_id: str) -> str:
    """Return the key of an id, with which a path cannot collide."""
    raw = employee_id.encode("utf-8", "replace")
    return f"?key={base64.urlsafe_b64encode(raw).rstrip(b'=').decode('ascii')}"
