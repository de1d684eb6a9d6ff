"""The health check of the port: what listens on it, and whether other machines can connect."""

import http.client
import os
import re
from pathlib import Path

from app.contracts.checks import Finding, failed, ok, warning

SERVICE_PORT = 80
LAPTOP_PORT = 5000
_UNITS = Path("/etc/systemd/system")
_UNIT = "employee-directory.socket"
_TIMEOUT_SECONDS = 2.0
_TCP_LISTEN = "0A"
_LOOPBACK = frozenset({"0100007F", "00000000000000000000000001000000"})

_LISTEN_STREAM = re.compile(r"\s*ListenStream\s*=\s*(?:\S*:)?(\d*)\s*")


def usual_port(*, on_aws: bool) -> int:
    """Return the port of the service of this machine, if it has one, else that of ``flask run``.

    ``systemctl edit`` puts a port of one's own beside the unit: an empty line there takes back
    those before. FLASK_RUN_PORT is what Flask itself reads.
    """
    if served := _port_of_service():
        return served
    chosen = os.environ.get("FLASK_RUN_PORT", "")
    if chosen.isdigit():
        return int(chosen)
    return SERVICE_PORT if on_aws else LAPTOP_PORT


def has_service() -> bool:
    """Return whether deploy/install.sh has made a service of this machine's directory."""
    return (_UNITS / _UNIT).is_file()


def _port_of_service() -> int | None:
    port = None
    for unit in (_UNITS / _UNIT, *sorted((_UNITS / f"{_UNIT}.d").glob("*.conf"))):
        try:
            lines = unit.read_text().splitlines()
        except OSError:
            continue
        for line in lines:
            if listens := _LISTEN_STREAM.fullmatch(line):
                port = (port or int(listens[1])) if listens[1] else None
    return port


def check_port(port: int, *, for_others: bool) -> Finding:
    """Check that the directory answers on this port, also for others if ``for_others``."""
    addresses = listening_on(port)
    if not _answers(port):
        if addresses:
            return failed(
                f"Port {port} is in use by another program, or the directory does not respond.",
                f"sudo ss -ltnp 'sport = :{port}'",
                "Find out which program it is",
            )
        return _nothing_listens(port, for_others=for_others)
    if for_others and addresses and addresses <= _LOOPBACK:
        return failed(
            f"The directory listens on port {port} on this machine only. Others cannot reach it.",
            f"gunicorn --bind 0.0.0.0:{port} --workers 2 --threads 8 application:application",
            "Listen on all addresses",
        )
    scope = "" if for_others else " on this machine"
    return ok(f"The directory responds on port {port}{scope}.")


def _nothing_listens(port: int, *, for_others: bool) -> Finding:
    message = f"Nothing listens on port {port}."
    if for_others:
        return failed(
            message,
            "sudo systemctl restart employee-directory.socket employee-directory\n"
            "journalctl -u employee-directory -n 50",
            "Start it, and read the log; or check another port: flask doctor --port N",
        )
    return warning(message, f"flask run --port {port}", "Start it, or check another port: --port N")


def listening_on(port: int) -> frozenset[str]:
    """Return the addresses that a program listens on, in the kernel's notation; none if unknown."""
    addresses: set[str] = set()
    for name in ("tcp", "tcp6"):
        try:
            lines = Path("/proc/net", name).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            address, _, hexadecimal = fields[1].partition(":")
            if fields[3] == _TCP_LISTEN and int(hexadecimal, 16) == port:
                addresses.add(address)
    return frozenset(addresses)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        return answer.status == http.client.OK and answer.read(16) == b"ok\n"
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
