"""Which machine this is, by EC2's metadata service (IMDSv2); None where nobody says so.

ec2-metadata, the library for it, waits 5 s for a token and asks four times: a service that accepts
and does not answer costs 20 s (version 3.0.0, measured). So this asks by itself. It heeds AWS's own
settings, as botocore does: ``AWS_EC2_METADATA_DISABLED`` and ``AWS_EC2_METADATA_SERVICE_ENDPOINT``.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import threading
from typing import NamedTuple
from urllib.parse import urlsplit

from app.runtime.ttl import TtlValue

CONNECT_SECONDS = 0.3
ALL_SECONDS = 1.0
ASK_AGAIN_SECONDS = 60.0

_USUAL_ENDPOINT = "http://169.254.169.254"
_TOKEN = "/latest/api/token"  # noqa: S105 (a path)
_DOCUMENT = "/latest/dynamic/instance-identity/document"
_LONGEST = 16_384
_INSTANCE_ID = re.compile(r"i-[0-9a-f]{8,32}")


class Machine(NamedTuple):
    """What EC2 says of this machine."""

    instance_id: str
    zone: str
    type: str
    region: str


# What was found, for good; and when nothing was, so that not every page waits for it.
_known: TtlValue[Machine | None] = TtlValue(ASK_AGAIN_SECONDS)


def current_machine() -> Machine | None:
    """This machine, or None where it is not on EC2 or the service does not say; never made up.

    Takes a second at most, asks at most once a minute, and no more once it knows.
    """
    if os.environ.get("AWS_EC2_METADATA_DISABLED", "").strip().lower() == "true":
        return None
    return _known.last or _known.get(lambda _: _ask_in_time())


def _ask_in_time() -> Machine | None:
    """Asked in a thread, since an answer that drips in byte by byte outlasts a socket's limit."""
    found: list[Machine] = []

    def ask() -> None:
        try:
            found.append(_ask(os.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT", "")))
        except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
            return

    thread = threading.Thread(target=ask, name="instance", daemon=True)
    thread.start()
    thread.join(ALL_SECONDS)
    return found[0] if found else None


def _ask(endpoint: str) -> Machine:
    address = urlsplit(endpoint or _USUAL_ENDPOINT)
    connection = http.client.HTTPConnection(
        address.hostname or "", address.port, timeout=CONNECT_SECONDS
    )
    try:
        connection.connect()
        connection.sock.settimeout(ALL_SECONDS)
        lifetime = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
        token = _read(connection, "PUT", _TOKEN, lifetime).decode("ascii")
        headers = {"X-aws-ec2-metadata-token": token}
        return _machine(json.loads(_read(connection, "GET", _DOCUMENT, headers)))
    finally:
        connection.close()


def _read(
    connection: http.client.HTTPConnection, method: str, path: str, headers: dict[str, str]
) -> bytes:
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read(_LONGEST)
    if answer.status != http.client.OK:
        raise ValueError(f"{method} {path} was answered with {answer.status}")
    return body


def _machine(document: dict[str, object]) -> Machine:
    """The machine of an instance identity document, if it is one."""
    texts = [
        document[name] for name in ("instanceId", "availabilityZone", "instanceType", "region")
    ]
    machine = Machine(*(text for text in texts if isinstance(text, str)))
    if not _INSTANCE_ID.fullmatch(machine.instance_id):
        raise ValueError("that is no instance identity document")
    return machine
