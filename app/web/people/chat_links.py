"""Links to where a person chats, by the pattern of the settings."""

from urllib.parse import quote, urlsplit

from markupsafe import Markup

from app.settings.chat import NAME
from app.text.sanitizing import visible
from app.web.current import current_settings

_SERVICES = {"slack": "Slack", "msteams": "Microsoft Teams", "teams.microsoft": "Microsoft Teams"}


def chat_address(name: str) -> str:
    """Return the URL of the chat with somebody of this name there, "" if there is none."""
    pattern = current_settings().chat_link
    name = name.strip().removeprefix("@")
    if not pattern or not visible(name):
        return ""
    return pattern.replace(NAME, quote(name, safe="@", errors="replace"))


def chat_link(name: str) -> Markup:
    """Return the name as a link to the chat, with that of the service; without one as text."""
    text, address = visible(name), chat_address(name)
    if not address:
        return Markup("{}").format(text)
    link = Markup('<a href="{}" rel="external noreferrer">{}</a>').format(address, text)
    service = _service(current_settings().chat_link)
    return link + f" on {service}" if service else link


def _service(pattern: str) -> str:
    where = urlsplit(pattern)
    host = f"{where.scheme}:{where.hostname or ''}"
    return next((name for part, name in _SERVICES.items() if part in host), "")
