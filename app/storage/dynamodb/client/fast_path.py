"""The fast path: requests signed and sent by parts of botocore, responses parsed by orjson.

botocore needs 2 ms to parse the response of the Query behind a page, orjson 20 us.
"""

import socket
import threading
from typing import Any, NamedTuple

import orjson
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    NoCredentialsError,
    ResponseStreamingError,
)
from botocore.hooks import BaseEventHooks, first_non_none_response
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies
from pynamodb.connection import Connection

_TARGET_PREFIX = "DynamoDB_20120810."
# Headers and body are sent separately; with Nagle's algorithm the body waits 40 ms for an ACK.
_NO_DELAY = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
_CONTENT_TYPE = "application/x-amz-json-1.0"
_MAX_OPEN_SECONDS = 2.0
_CREDENTIALS = "the credentials of this machine"


class _Endpoint(NamedTuple):
    credentials: Credentials
    url: str
    region: str
    http: URLLib3Session
    events: BaseEventHooks


class RawClient:
    """A client that signs and sends single requests; it knows neither retries nor deadlines."""

    def __init__(
        self, connection: Connection, timeouts: tuple[float, float], max_connections: int
    ) -> None:
        self._connection = connection
        self._timeouts = timeouts
        self._max_connections = max_connections
        self._endpoint: _Endpoint | None = None
        self._lock = threading.Lock()

    def send(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """Return the response, in DynamoDB's JSON. Raises the errors of botocore."""
        endpoint = self._endpoint or self._open()
        unsigned = AWSRequest(
            method="POST",
            url=endpoint.url,
            data=orjson.dumps(request),
            headers={"X-Amz-Target": _TARGET_PREFIX + operation, "Content-Type": _CONTENT_TYPE},
        )
        # Read at every call: the credentials of a role change every few hours.
        credentials = endpoint.credentials.get_frozen_credentials()
        SigV4Auth(credentials, "dynamodb", endpoint.region).add_auth(unsigned)
        prepared = unsigned.prepare()
        # Event handlers of the client, such as tracing, see these requests too.
        responses = endpoint.events.emit(f"before-send.dynamodb.{operation}", request=prepared)
        response = first_non_none_response(responses) or endpoint.http.send(prepared)
        return _parse(operation, response.status_code, response.content)

    def close_idle_connections(self) -> None:
        """Close connections that no request uses; later requests open new ones."""
        if self._endpoint is not None:
            self._endpoint.http.close()

    def _open(self) -> _Endpoint:
        # Another thread may be waiting for the credentials of a machine that does not get any.
        if not self._lock.acquire(timeout=_MAX_OPEN_SECONDS):
            raise ConnectTimeoutError(endpoint_url=_CREDENTIALS)
        try:
            return self._open_once()
        finally:
            self._lock.release()

    def _open_once(self) -> _Endpoint:
        # Region, endpoint and credentials are those of PynamoDB's client, so that both clients
        # follow the same settings (AWS_ENDPOINT_URL_DYNAMODB, profile, role).
        if self._endpoint is None:
            meta = self._connection.client.meta
            session = self._connection.session
            credentials = session.get_credentials()
            if credentials is None:
                raise NoCredentialsError
            http = URLLib3Session(
                verify=session.get_config_variable("ca_bundle") or True,
                proxies=get_environ_proxies(meta.endpoint_url),
                timeout=self._timeouts,  # type: ignore[arg-type]  # the stubs know int only
                max_pool_connections=self._max_connections,
                socket_options=[_NO_DELAY],  # type: ignore[list-item]  # the stubs are wrong
            )
            url = meta.endpoint_url.rstrip("/") + "/"
            self._endpoint = _Endpoint(credentials, url, meta.region_name, http, meta.events)
        return self._endpoint


def _parse(operation: str, status: int, content: bytes) -> dict[str, Any]:
    try:
        body = orjson.loads(content) if content else {}
    except orjson.JSONDecodeError as error:
        body = {}
        if status == 200:  # truncated, or not from DynamoDB
            raise ResponseStreamingError(error=error) from error
    if not isinstance(body, dict):
        body = {}
    if status != 200:
        code = str(body.get("__type", status)).rpartition("#")[2]
        message = body.get("message") or body.get("Message") or ""
        raise ClientError(
            {
                "Error": {"Code": code, "Message": message},
                "ResponseMetadata": {"HTTPStatusCode": status},  # type: ignore[typeddict-item]
            },
            operation,
        )
    return body
