"""Calls to DynamoDB: the connection, its timeouts, retries within the deadline, and errors.

Reads and batch writes use RawClient, the fast path; other writes and calls about tables use
PynamoDB's Connection. Items stay plain dictionaries, since a Model drops unknown attributes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from botocore import xform_name
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import ClientError
from pynamodb.connection import Connection

from app.model.errors import StorageUnavailable
from app.runtime import backoff, deadline
from app.runtime.circuit_breaker import CircuitBreaker
from app.storage.dynamodb.client.failures import CALL_ERRORS, Failure, classify
from app.storage.dynamodb.client.fast_path import RawClient

SERVICE = "the database"
CONNECT_TIMEOUT_SECONDS = 1.0
READ_TIMEOUT_SECONDS = 2.0
# One attempt ends within this time, whatever the network does; none starts with less time left.
MAX_ATTEMPT_SECONDS = CONNECT_TIMEOUT_SECONDS + READ_TIMEOUT_SECONDS + 0.2
# Connect and read timeout of a health check, which has 1 s in all.
_CHECK_TIMEOUT_SECONDS = (0.4, 0.5)
_MIN_CHECK_SECONDS = 0.1
MAX_CONNECTIONS = 50
# A slow minute of the database must not end a task of an hour.
_TASK_READ_TIMEOUT_SECONDS = 10.0
_TASK_ATTEMPTS = 5

# An item, or its key, in DynamoDB's own JSON: {"id": {"S": "..."}}.
Item = dict[str, dict[str, Any]]
Response = dict[str, Any]


class Calls:
    """The client of all calls of the store. Creating it does no input or output.

    ``check_items`` names the items that a check of the service reads, as in a BatchGetItem.
    """

    def __init__(
        self,
        region: str,
        check_items: dict[str, Any],
        read_seconds: float = READ_TIMEOUT_SECONDS,
        min_attempts: int = 1,
    ) -> None:
        # No retries by botocore: it does not know the deadline, and throttling deserves more
        # attempts than a hanging connection.
        self._connection = Connection(
            region=region or None,
            connect_timeout_seconds=CONNECT_TIMEOUT_SECONDS,
            read_timeout_seconds=read_seconds,
            max_retry_attempts=0,
            max_pool_connections=MAX_CONNECTIONS,
        )
        timeouts = (CONNECT_TIMEOUT_SECONDS, read_seconds)
        self._fast_path = RawClient(self._connection, timeouts, MAX_CONNECTIONS)
        self._checks = RawClient(self._connection, _CHECK_TIMEOUT_SECONDS, 1)
        self._streams: BaseClient | None = None
        self.meter: Callable[[str, float], None] | None = None
        self._region = region
        self._min_attempts = min_attempts
        self._check_items = check_items
        self._breaker = CircuitBreaker(SERVICE, self._answers)

    @property
    def partition(self) -> str:
        """Return the part of AWS that the region is in, such as ``aws-cn``: ARNs begin with it."""
        return str(self._connection.client.meta.partition)

    def for_background_task(self) -> Calls:
        """Return calls with longer timeouts and more attempts, unless a deadline is set."""
        if deadline.remaining() < float("inf"):
            return self
        calls = Calls(self._region, self._check_items, _TASK_READ_TIMEOUT_SECONDS, _TASK_ATTEMPTS)
        calls.meter = self.meter
        return calls

    def read(self, operation: str, table: str, request: dict[str, Any]) -> Response:
        """Send a read. Raises StorageUnavailable."""
        if self.meter is not None:
            request = {**request, "ReturnConsumedCapacity": "TOTAL"}
        return self._metered(
            operation,
            self._send(operation, table, lambda: self._fast_path.send(operation, request)),
        )

    def write(self, operation: str, table: str, request: dict[str, Any]) -> Response:
        """Send a write. Raises StorageUnavailable or ConditionFailed.

        All attempts of one call send the same request, so that the client token of a transaction
        makes them idempotent.
        """
        response = self._send(
            operation, table, lambda: self._connection.dispatch(operation, request), writes=True
        )
        return self._metered(operation, response)

    def batch_write(self, table: str, request: dict[str, Any]) -> Response:
        """Send a BatchWriteItem, whose actions are idempotent; return its response.

        It takes the fast path, since an import sends little else.
        """
        operation = "BatchWriteItem"
        return self._metered(
            operation,
            self._send(
                operation, table, lambda: self._fast_path.send(operation, request), writes=True
            ),
        )

    def administer(self, operation: str, table: str, request: dict[str, Any]) -> Response:
        """Send an idempotent operation on a whole table."""
        # Not by dispatch: it asks for the consumed capacity, which backup operations reject.
        return self._send(
            operation, table, lambda: _call_client(self._connection.client, operation, request)
        )

    def read_stream(self, operation: str, table: str, request: dict[str, Any]) -> Response:
        """Send a read of the stream of a table, from one thread at a time."""

        def send() -> Response:
            self._streams = self._streams or self._open_streams()
            return _call_client(self._streams, operation, request)

        return self._send(operation, f"the stream of {table}", send)

    def check(self) -> None:
        """Read the items of a check, in one attempt of less than a second."""
        request = {"RequestItems": self._check_items}
        self._send(
            "BatchGetItem",
            ", ".join(self._check_items),
            lambda: self._checks.send("BatchGetItem", request),
            is_check=True,
        )

    def _answers(self) -> bool:
        """Return whether the service answers; forget connections that hung with it."""
        try:
            self._fast_path.close_idle_connections()
            self._connection.client.close()  # it works on
            self._fast_path.send("BatchGetItem", {"RequestItems": self._check_items})
        except CALL_ERRORS as error:
            return isinstance(error, ClientError) and not classify(error).is_outage
        return True

    def _open_streams(self) -> BaseClient:
        """Open the client of the streams: at AWS, or else at the endpoint of the tables."""
        config = Config(
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            read_timeout=READ_TIMEOUT_SECONDS,
            retries={"total_max_attempts": 1},
            # The regional host name, which firewalls allow, and not that of the account.
            account_id_endpoint_mode="disabled",
        )
        session, meta = self._connection.session, self._connection.client.meta
        client = session.create_client("dynamodbstreams", meta.region_name, config=config)
        if _is_aws(client.meta.endpoint_url) and not _is_aws(meta.endpoint_url):
            client.close()
            client = session.create_client(
                "dynamodbstreams", meta.region_name, endpoint_url=meta.endpoint_url, config=config
            )
        return client

    def _send(
        self,
        operation: str,
        table: str,
        send: Callable[[], Response],
        *,
        writes: bool = False,
        is_check: bool = False,
    ) -> Response:
        min_seconds = _MIN_CHECK_SECONDS if is_check else MAX_ATTEMPT_SECONDS
        outcome_unknown = False
        cause: Exception | None = None
        failure = Failure("the request ran out of time")
        for attempt in count(1):
            if deadline.remaining() < min_seconds:
                break
            if not is_check and (refusal := self._breaker.refusal()):
                failure = Failure(refusal)
                break
            began = time.monotonic()
            try:
                response = send()
            except CALL_ERRORS as error:
                failure, cause = self._judge(error, began), error
            else:
                self._breaker.succeeded()
                return response
            outcome_unknown = outcome_unknown or failure.outcome_unknown
            if is_check or attempt >= self._max_attempts(failure):
                break
            if not backoff.pause(attempt, min_seconds):
                break
        raise StorageUnavailable(
            SERVICE,
            f"dynamodb:{operation}",
            table,
            failure.reason,
            maybe_written=writes and outcome_unknown,
        ) from cause

    def _judge(self, error: Exception, began: float) -> Failure:
        failure = classify(error)
        if failure.is_outage or not isinstance(error, ClientError):
            self._breaker.failed(began, failure.reason)
        else:
            self._breaker.succeeded()
        return failure

    def _max_attempts(self, failure: Failure) -> int:
        return 1 if failure.is_permanent else max(failure.max_attempts, self._min_attempts)

    def _metered(self, operation: str, response: Response) -> Response:
        if self.meter is not None:
            consumed = response.get("ConsumedCapacity", [])
            for part in consumed if isinstance(consumed, list) else [consumed]:
                self.meter(operation, part["CapacityUnits"])
        return response


def _call_client(client: BaseClient, operation: str, request: dict[str, Any]) -> Response:
    call: Callable[..., Response] = getattr(client, xform_name(operation))
    return call(**request)


def _is_aws(endpoint: str) -> bool:
    host = urlsplit(endpoint).hostname or ""
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws"))
