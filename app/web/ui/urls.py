"""The URLs that pages link to."""

from urllib.parse import quote, urlencode

from app.photos.keys import thumbnail_key


def person_address(employee_id: str) -> str:
    """Return the URL of a person's page; an id may have any character."""
    return f"/employee/{_quoted(employee_id)}"


def edit_address(employee_id: str) -> str:
    """Return the URL of a person's form."""
    return f"/edit/{_quoted(employee_id)}"


def delete_address(employee_id: str) -> str:
    """Return the URL of the page that asks before a deletion."""
    return f"/delete/{_quoted(employee_id)}"


def card_address(employee_id: str) -> str:
    """Return the URL of a person's vCard."""
    return f"/vcard/{_quoted(employee_id)}"


def portrait_address(photo_key: str) -> str:
    """Return the URL of a large photo; a valid key needs no quoting."""
    return f"/photos/{photo_key}"


def thumbnail_address(photo_key: str) -> str:
    """Return the URL of a small photo."""
    return portrait_address(thumbnail_key(photo_key))


def _quoted(employee_id: str) -> str:
    if employee_id.isascii() and employee_id.replace("-", "").isalnum():
        return employee_id  # an id of ours; a list has 24 of them
    return quote(employee_id, safe="", errors="replace")


def list_address(**conditions: str) -> str:
    """Return the URL of a filtered list."""
    return f"/?{urlencode(conditions, errors='replace')}"
