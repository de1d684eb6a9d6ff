"""Check names and emails of accounts."""

from app.accounts.errors import ValueRejected
from app.text.sanitizing import clean_text

MAX_NAME = 100
MAX_EMAIL = 254


def checked_name(text: str) -> str:
    """Return a name without what no name has. Raises ValueRejected."""
    name = one_line(text, MAX_NAME + 1)
    if not name:
        raise ValueRejected("name", "Enter a name.")
    if len(name) > MAX_NAME:
        raise ValueRejected("name", f"Must be {MAX_NAME} characters or fewer.")
    return name


def checked_email(text: str) -> str:
    """Return an email address with which somebody can sign in. Raises ValueRejected."""
    email = one_line(text, MAX_EMAIL + 1)
    user, _, host = email.rpartition("@")
    if not user or not host or " " in email:
        raise ValueRejected("email", "Enter an email address, such as ana@example.com.")
    if len(email) > MAX_EMAIL:
        raise ValueRejected("email", f"Must be {MAX_EMAIL} characters or fewer.")
    return email


def one_line(text: str, most: int) -> str:
    """Return a clean text as one line of at most so many characters."""
    return " ".join(clean_text(text).split())[:most]
