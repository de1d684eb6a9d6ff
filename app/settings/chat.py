"""The setting of links to chats: a URL with a place for the name."""

from urllib.parse import urlsplit

from app.model.errors import SettingsError

NAME = "{name}"
_SCHEMES = ("https", "http", "slack", "msteams")
_MAX_CHARACTERS = 500


def chat_pattern(value: str) -> str:
    """Return the pattern; "" if it is not set. Raises SettingsError for one that makes no link."""
    if not value:
        return ""
    try:
        where = urlsplit(value)
        is_link = where.scheme in _SCHEMES and bool(where.netloc or where.path)
        # Otherwise a name would choose the server.
        is_link &= NAME not in where.netloc
        is_link &= not (where.scheme.startswith("http") and not where.netloc)
    except ValueError:
        is_link = False
    if not is_link or NAME not in value or len(value) > _MAX_CHARACTERS or len(value.split()) > 1:
        raise SettingsError(
            f"CHAT_LINK is {value[:_MAX_CHARACTERS]!r}, which makes no link to a chat. Use an "
            f"address with {NAME} where the name belongs, such as "
            "https://example.slack.com/team/{name} or "
            "https://teams.microsoft.com/l/chat/0/0?users={name}."
        )
    return value
