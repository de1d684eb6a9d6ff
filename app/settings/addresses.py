"""Read the addresses of other servers, and of this one, from the environment."""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from app.model.errors import SettingsError
from app.settings.reader import Reader

_MAX_CHARACTERS = 500
_PLACEHOLDER = re.compile(r"<[^>]*>|\{[^}]*\}")
_SPACE = re.compile(r"[\x00-\x20\x7f]")


def read_public_address(reader: Reader) -> str:
    """Return where people find the directory, such as https://people.example.com, or "".

    Raises SettingsError for what has a path: the directory is at the root of its host.
    """
    address = _address(reader, "PUBLIC_ADDRESS", "https://people.example.com")
    if address is None:
        return ""
    if address.path.strip("/"):
        raise SettingsError(
            f"PUBLIC_ADDRESS is {address.geturl()!r}, which has a path. "
            f"Use {address.scheme}://{address.netloc} alone."
        )
    return f"{address.scheme}://{address.netloc.lower()}"


def read_secure_address(reader: Reader, name: str, example: str) -> str:
    """Return an https address, or one of this machine, exactly as it is set; "" if it is not."""
    address = _address(reader, name, example)
    if address is None:
        return ""
    if address.scheme == "http" and not is_loopback(address.hostname or ""):
        raise SettingsError(
            f"{name} is {address.geturl()!r}, which is not encrypted. Use an address that begins "
            "with https://."
        )
    return reader.text(name)


def is_loopback(host: str) -> bool:
    """Return whether a host name is of this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _address(reader: Reader, name: str, example: str) -> SplitResult | None:
    value = reader.text(name)
    if not value:
        return None
    if _PLACEHOLDER.search(value):
        reader.refuse(
            name, f"{name} still has a placeholder: {value}. Replace it with the real value."
        )
        return None
    try:
        address = urlsplit(value)
        has_port = address.port != 0
    except ValueError:
        address, has_port = urlsplit(""), False
    is_whole = address.scheme in ("http", "https") and address.hostname and has_port
    has_more = address.username is not None or address.query or address.fragment
    if not is_whole or has_more or len(value) > _MAX_CHARACTERS or _SPACE.search(value):
        raise SettingsError(
            f"{name} is {value!r}, which is not an address that can be used. "
            f"Use one such as {example}."
        )
    return address
