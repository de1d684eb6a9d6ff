"""Tell a person at their own laptop, who may do everything, from everybody else."""

import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

_NAMES = frozenset({"localhost", "localhost.", "ip6-localhost"})
# What proxies add, and tunnels to a laptop.
_FORWARDING = (
    "HTTP_FORWARDED",
    "HTTP_VIA",
    "HTTP_X_REAL_IP",
    "HTTP_X_CLIENT_IP",
    "HTTP_X_CLUSTER_CLIENT_IP",
    "HTTP_TRUE_CLIENT_IP",
    "HTTP_X_ORIGINAL_HOST",
    "HTTP_X_SCHEME",
    "HTTP_CDN_LOOP",
)
_FORWARDING_PREFIXES = ("HTTP_X_FORWARDED", "HTTP_X_ENVOY_", "HTTP_CF_", "HTTP_X_AMZN_")


def is_own_laptop(environ: Mapping[str, Any]) -> bool:
    """Return whether ``flask run``, bound to loopback, is asked by this machine for itself.

    Everything must say so: Werkzeug's own server listens on a loopback address, the peer has one,
    ``Host`` and ``Origin`` are names of one (another name is DNS rebinding, or a proxy that keeps
    the name), and no proxy has left a header. nginx leaves none and puts the address of the server
    into ``Host``; its requests are of HTTP/1.0, unless configured otherwise, and what a browser
    posts through it has the ``Origin`` that the browser sees.
    """
    return (
        environ.get("SERVER_SOFTWARE", "").startswith("Werkzeug/")
        and environ.get("SERVER_PROTOCOL") != "HTTP/1.0"
        and is_loopback(environ.get("SERVER_NAME", ""))
        and is_loopback(environ.get("REMOTE_ADDR", ""))
        and _is_host_of_loopback(f"//{environ.get('HTTP_HOST', '')}")
        and _is_host_of_loopback(environ.get("HTTP_ORIGIN", "//localhost"))
        and not _was_forwarded(environ)
    )


def is_loopback(name: str) -> bool:
    """Return whether a name or an address is always of the machine itself."""
    if name.lower() in _NAMES:
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _is_host_of_loopback(address: str) -> bool:
    try:
        return is_loopback(urlsplit(address).hostname or "")
    except ValueError:
        return False


def _was_forwarded(environ: Mapping[str, Any]) -> bool:
    return any(name in environ for name in _FORWARDING) or any(
        name.startswith(_FORWARDING_PREFIXES) for name in environ
    )
