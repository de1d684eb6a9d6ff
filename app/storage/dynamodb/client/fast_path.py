"""Calls without the SDK's response machinery: signed by botocore, sent by its HTTP session.

A page is one Query; botocore needs 2 ms to take its answer apart, orjson 20 us.
"""

from __future__ import annotations

import socket
import threading
from typing import Any, NamedTuple, Protocol

import orjson
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, NoCredentialsError, ResponseStreamingError
from botocore.hooks import BaseEventHooks, first_non_none_response
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies
from pynamodb.connection import Connection

_TARGET = "DynamoDB_20120810."
# Head and body are sent one after the other; without this the body waits 40 ms for an answer.
_NO_DELAY = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
_CONTENT_TYPE = "application/x-amz-json-1.0"


class Reader(Protocol):
    """Something that carries out one call, once."""

    def send(self, operation: str, request: dict[str, Any]) -> dict[str, Any]: ...


class _Line(NamedTuple):
    credentials: Credentials
    url: str
    region: str
    http: URLLib3Session
    events: BaseEventHooks


class RawClient:
    """Sends one signed request and reads its answer; knows nothing of retries and deadlines."""

    def __init__(
        self, connection: Connection, time_limits: tuple[float, float], connections: int
    ) -> None:
        self._connection = connection
        self._time_limits = time_limits
        self._connections = connections
        self._line: _Line | None = None
        self._opening = threading.Lock()

    def send(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """The answer in DynamoDB's JSON. Raises what botocore raises: ClientError and its kin."""
        line = self._line or self._open()
        message = AWSRequest(
            method="POST",
            url=line.url,
            data=orjson.dumps(request),
            headers={"X-Amz-Target": _TARGET + operation, "Content-Type": _CONTENT_TYPE},
        )
        # Asked for at every call: the credentials of a role change every few hours.
        credentials = line.credentials.get_frozen_credentials()
        SigV4Auth(credentials, "dynamodb", line.region).add_auth(message)
        prepared = message.prepare()
        # What is hooked into the client, such as tracing, sees these requests too.
        hooked = line.events.emit(f"before-send.dynamodb.{operation}", request=prepared)
        response = first_non_none_response(hooked) or line.http.send(prepared)
        return _read(operation, response.status_code, response.content)

    def _open(self) -> _Line:
        # Region, endpoint and credentials are those of PynamoDB's client, so that there is one
        # place where they are found (AWS_ENDPOINT_URL_DYNAMODB, profile, role).
        with self._opening:
            if self._line is None:
                meta = self._connection.client.meta
                session = self._connection.session
                credentials = session.get_credentials()
                if credentials is None:
                    raise NoCredentialsError
                http = URLLib3Session(
                    verify=session.get_config_variable("ca_bundle") or True,
                    proxies=get_environ_proxies(meta.endpoint_url),
                    timeout=self._time_limits,  # type: ignore[arg-type]  # the stubs know int only
                    max_pool_connections=self._connections,
                    socket_options=[_NO_DELAY],  # type: ignore[list-item]  # the stubs are wrong
                )
                url = meta.endpoint_url.rstrip("/") + "/"
                self._line = _Line(credentials, url, meta.region_name, http, meta.events)
            return self._line


def _read(operation: str, status: int, content: bytes) -> dict[str, Any]:
    try:
        answer = orjson.loads(content) if content else {}
    except orjson.JSONDecodeError as error:
        answer = {}
        if status == 200:  # cut off, or from something that is not DynamoDB
            raise ResponseStreamingError(error=error) from error
    if not isinstance(answer, dict):
        answer = {}
    if status != 200:
        code = str(answer.get("__type", status)).rpartition("#")[2]
        message = answer.get("message") or answer.get("Message") or ""
        raise ClientError(
            {
                "Error": {"Code": code, "Message": message},
                "ResponseMetadata": {"HTTPStatusCode": status},  # type: ignore[typeddict-item]
            },
            operation,
        )
    return answer
