"""The identity of this machine from EC2's instance metadata service (IMDSv2).

The library ec2-metadata waits 5 s for a token and tries four times: a service that accepts and does
not answer costs 20 s (version 3.0.0, measured). This client takes at most ALL_SECONDS. It reads
``AWS_EC2_METADATA_DISABLED`` and ``AWS_EC2_METADATA_SERVICE_ENDPOINT``, as botocore does.
"""

import http.client
import os
import re
from typing import NamedTuple
from urllib.parse import urlsplit

from app.runtime import strict_json
from app.runtime.time_limit import call_within
from app.runtime.ttl import TtlValue

CONNECT_SECONDS = 0.3
ALL_SECONDS = 1.0
RETRY_SECONDS = 60.0

_DEFAULT_ENDPOINT = "http://169.254.169.254"
_TOKEN = "/latest/api/token"  # noqa: S105 (a path)
_DOCUMENT = "/latest/dynamic/instance-identity/document"
_MAX_BYTES = 16_384
_INSTANCE_ID = re.compile(r"i-[0-9a-f]{8,32}")
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")


class Machine(NamedTuple):
    """The identity of an EC2 instance."""

    instance_id: str
    zone: str
    type: str
    region: str


# A machine is cached for ever, a failure for RETRY_SECONDS, so that not every page waits.
_cache: TtlValue[Machine | None] = TtlValue(RETRY_SECONDS)


def current_machine() -> Machine | None:
    """Return this machine; None if it is not on EC2 or the service does not answer.

    Takes at most ALL_SECONDS, and asks at most every RETRY_SECONDS until it succeeds.
    """
    if os.environ.get("AWS_EC2_METADATA_DISABLED", "").strip().lower() == "true":
        return None
    return _cache.last or _cache.get(lambda _: _fetch_in_time())


def _fetch_in_time() -> Machine | None:
    endpoint = os.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT", "")
    try:
        return call_within(ALL_SECONDS, lambda: _fetch(endpoint), name="instance")
    except (OSError, http.client.HTTPException, ValueError):  # OSError: TimeoutError too
        return None


def _fetch(endpoint: str) -> Machine:
    address = urlsplit(endpoint or _DEFAULT_ENDPOINT)
    connection = http.client.HTTPConnection(
        address.hostname or "", address.port, timeout=CONNECT_SECONDS
    )
    try:
        connection.connect()
        connection.sock.settimeout(ALL_SECONDS)
        lifetime = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
        token = _read(connection, "PUT", _TOKEN, lifetime).decode("ascii")
        headers = {"X-aws-ec2-metadata-token": token}
        return _machine(strict_json.parse_object(_read(connection, "GET", _DOCUMENT, headers)))
    finally:
        connection.close()


def _read(
    connection: http.client.HTTPConnection, method: str, path: str, headers: dict[str, str]
) -> bytes:
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    body = response.read(_MAX_BYTES)
    if response.status != http.client.OK:
        raise ValueError(f"{method} {path} returned {response.status}")
    return body


def _machine(document: dict[str, object]) -> Machine:
    """Return the machine of an instance identity document. Raises ValueError for any other."""
    instance_id, *names = (
        document.get(name) for name in ("instanceId", "availabilityZone", "instanceType", "region")
    )
    is_id = isinstance(instance_id, str) and _INSTANCE_ID.fullmatch(instance_id)
    if not is_id or not all(isinstance(name, str) and _NAME.fullmatch(name) for name in names):
        raise ValueError("this is not an instance identity document")
    return Machine(*map(str, (instance_id, *names)))
