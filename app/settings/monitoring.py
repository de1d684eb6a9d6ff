"""Who may read /metrics, what the log tells of metrics, and whether traces are sent."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network

from app.settings.reader import Reader
from app.settings.trusted_headers import MAX_NETWORKS, is_within

DEFAULT_SERVICE = "employee-directory"
_MIN_TOKEN_CHARACTERS = 16
_MAX_TOKEN_CHARACTERS = 4_096
_TOKEN = re.compile(r"[\x21-\x7e]+")
_MAX_SERVICE_CHARACTERS = 100
_SERVICE = re.compile(r"[A-Za-z0-9._/# -]+")


@dataclass(frozen=True, slots=True)
class Monitoring:
    """How the directory is seen from outside.

    /metrics is there if a token or networks are set; of both, a request needs both.
    """

    token: str = field(default="", repr=False)
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    in_log: bool = False
    service: str = DEFAULT_SERVICE
    sends_traces: bool = False

    @property
    def is_served(self) -> bool:
        """Return whether /metrics is there."""
        return bool(self.token or self.networks)

    def lets_in(self, peer: str) -> bool:
        """Return whether this address may ask for /metrics."""
        return not self.networks or is_within(peer, self.networks)


def read_monitoring(reader: Reader) -> Monitoring:
    """Read the settings; a mistake leaves /metrics off, and becomes a problem."""
    token, networks = _token(reader), _networks(reader)
    # Without the right number of proxies the peer would be the proxy, for everybody.
    names = ("METRICS_TOKEN", "METRICS_FROM", *(("TRUSTED_PROXIES",) if networks else ()))
    is_off = bool(reader.problem_of(*names))
    return Monitoring(
        token="" if is_off else token,
        networks=() if is_off else networks,
        in_log=reader.or_else("METRICS_LOG", lambda: reader.switch("METRICS_LOG"), False),
        service=_service(reader),
        sends_traces=bool(reader.text("OTEL_EXPORTER_OTLP_ENDPOINT")),
    )


def _token(reader: Reader) -> str:
    token = reader.text("METRICS_TOKEN")
    if not token:
        return ""
    is_long = _MIN_TOKEN_CHARACTERS <= len(token) <= _MAX_TOKEN_CHARACTERS
    if not is_long or not _TOKEN.fullmatch(token) or len(set(token)) < 6:
        reader.refuse(
            "METRICS_TOKEN",
            f"METRICS_TOKEN can be guessed or sent by no client ({len(token)} characters), so "
            f"/metrics is off. Use at least {_MIN_TOKEN_CHARACTERS} random letters and digits.",
        )
    return token


def _networks(reader: Reader) -> tuple[IPv4Network | IPv6Network, ...]:
    words = reader.text("METRICS_FROM").replace(",", " ").split()
    found = []
    for word in words[:MAX_NETWORKS]:
        try:
            network = ip_network(word)
        except ValueError as error:
            _refuse(reader, f"has {word[:50]!r}, which is no network: {error}")
            continue
        if network.prefixlen == 0:
            _refuse(reader, f"has {word!r}, which is everybody")
        found.append(network)
    if len(words) > MAX_NETWORKS:
        _refuse(reader, f"has more than {MAX_NETWORKS} networks")
    return tuple(found)


def _refuse(reader: Reader, what: str) -> None:
    reader.refuse(
        "METRICS_FROM",
        f"METRICS_FROM {what}, so /metrics is off. Use networks and addresses such as 10.0.0.0/8 "
        "or 10.0.0.5.",
    )


def _service(reader: Reader) -> str:
    name = reader.text("SERVICE_NAME")
    if not name:
        return DEFAULT_SERVICE
    if len(name) > _MAX_SERVICE_CHARACTERS or not _SERVICE.fullmatch(name):
        reader.refuse(
            "SERVICE_NAME",
            f"SERVICE_NAME is {name[:100]!r}, which cannot be used, so it is {DEFAULT_SERVICE}. "
            f"Use at most {_MAX_SERVICE_CHARACTERS} letters, digits, dots, dashes and spaces.",
        )
        return DEFAULT_SERVICE
    return name
