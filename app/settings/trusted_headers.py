"""Whose word is taken for who a request is of: a load balancer's, or that of named proxies."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple

from app.model.errors import SettingsError

UNIX = "unix"  # a proxy on this machine that connects through a Unix socket
MAX_NETWORKS = 50
_ARN = re.compile(
    r"arn:(?:aws|aws-us-gov):elasticloadbalancing:([a-z]{2}(?:-[a-z]+)+-[0-9]):[0-9]{12}:"
    r"loadbalancer/app/[A-Za-z0-9-]{1,32}/[0-9a-f]{16}"
)
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,99}")
# They have a meaning of their own, and anybody sends them.
_OTHER_HEADERS = re.compile(
    r"(?i)(host|cookie|authorization|forwarded|via|from|date|referer|origin|range|te|expect|upgrade"
    r"|connection|keep-alive|cache-control|pragma|user-agent|transfer-encoding|x-request-id"
    r"|x-real-ip|(x-forwarded|x-amzn|content|accept|if|sec|proxy)(-.*)?)"
)


class LoadBalancer(NamedTuple):
    """A load balancer of AWS that signs in people."""

    arn: str
    region: str


class ProxyHeader(NamedTuple):
    """A header with a login name, and the addresses of the proxies that are believed."""

    name: str
    networks: tuple[IPv4Network | IPv6Network, ...]
    through_unix_socket: bool = False

    def is_believed_of(self, peer: str) -> bool:
        """Return whether this peer is one of the proxies; it is "" on a Unix socket."""
        if not peer:
            return self.through_unix_socket
        return is_within(peer, self.networks)


def is_within(peer: str, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    """Return whether an address is in one of these networks; what is no address is in none."""
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for network in networks)


def load_balancer(arn: str) -> LoadBalancer | None:
    """Return the load balancer with this ARN, or None for "". Raises SettingsError."""
    if not arn:
        return None
    match = _ARN.fullmatch(arn)
    if match is None:
        raise SettingsError(
            f"ALB_SIGN_IN is {arn!r}, which is not the ARN of an application load balancer. Use "
            "one such as arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/app/"
            "directory/0123456789abcdef."
        )
    return LoadBalancer(arn, match[1])


def proxy_header(name: str, networks: str) -> ProxyHeader | None:
    """Return the header and who may send it, or None if neither is given. Raises SettingsError."""
    if not name and not networks:
        return None
    if not networks:
        raise SettingsError(
            f"SIGN_IN_HEADER is {name!r}, but SIGN_IN_HEADER_FROM is not set, so anybody could "
            "sign in as anybody. Set it to the addresses of your proxies, such as 10.0.0.5."
        )
    if not name:
        raise SettingsError(
            f"SIGN_IN_HEADER_FROM is {networks!r}, but SIGN_IN_HEADER is not set. Set it to the "
            "header in which your proxy sends the login name, such as X-Remote-User."
        )
    if not _HEADER_NAME.fullmatch(name) or _OTHER_HEADERS.fullmatch(name):
        raise SettingsError(
            f"SIGN_IN_HEADER is {name!r}, which cannot be used. Use a header of its own, of "
            "letters, digits and hyphens, such as X-Remote-User."
        )
    words = networks.replace(",", " ").split()
    if len(words) > MAX_NETWORKS:
        raise SettingsError(f"SIGN_IN_HEADER_FROM has more than {MAX_NETWORKS} addresses.")
    addresses = tuple(_network(word) for word in words if word != UNIX)
    return ProxyHeader(name, addresses, UNIX in words)


def _network(word: str) -> IPv4Network | IPv6Network:
    try:
        network = ip_network(word)
    except ValueError as error:
        raise SettingsError(
            f"SIGN_IN_HEADER_FROM has {word!r}, which is no address: {error}. Use addresses and "
            f"networks such as 10.0.0.5 or 10.0.1.0/24, or {UNIX} for a Unix socket."
        ) from error
    if network.prefixlen == 0:
        raise SettingsError(
            f"SIGN_IN_HEADER_FROM has {word!r}, which is everybody: anybody could sign in as "
            "anybody. Use the addresses of your proxies, such as 10.0.0.5."
        )
    return network
