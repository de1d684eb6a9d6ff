"""The page to go on with after a sign-in, which an attacker may have chosen."""

import re

HOME = "/"
_MAX_CHARACTERS = 2000
# Browsers read a backslash as a slash, and drop tabs and line breaks: "/\t/evil" is "//evil".
_OURS = re.compile(r"/(?![/\\])[^\x00-\x20\x7f-\x9f\\]*")
# These would lead in a circle, or answer to a form only.
_SIGN_IN_PAGES = ("/sign-in", "/sign-out")


def own_path(text: str | None) -> str:
    """Return the path and query if they are certainly a page of ours, else the list of people."""
    text = text or HOME
    if len(text) > _MAX_CHARACTERS or not _OURS.fullmatch(text):
        return HOME
    path = text.partition("?")[0].partition("#")[0]
    if any(path == page or path.startswith(f"{page}/") for page in _SIGN_IN_PAGES):
        return HOME
    return text
