"""Calls to DynamoDB: the connection, its time limits, the tries within the deadline, our errors.

Reads and batches of rows go through the lean line; other writes and all about tables through
PynamoDB's Connection, by ``dispatch``. Items stay plain dictionaries, since a Model drops
attributes that it does not know.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from botocore import xform_name
from botocore.client import BaseClient
from botocore.config import Config
from pynamodb.connection import Connection

from app.model.errors import StorageUnavailable
from app.runtime import deadline
from app.storage.dynamodb.client.failures import CALL_ERRORS, Failure, classify
from app.storage.dynamodb.client.fast_path import RawClient, Reader

SERVICE = "the database"
CONNECT_SECONDS = 1.0
READ_SECONDS = 2.0
# One try ends within this time, whatever the network does; none is begun with less left.
TRY_SECONDS = CONNECT_SECONDS + READ_SECONDS + 0.2
# A health check has 1 s in all.
CHECK_LIMITS = (0.4, 0.5)
CHECK_SECONDS = 0.9
MAX_CONNECTIONS = 50
# A database that has much to do may be slow for a while: no reason to end a task of an hour.
_READ_SECONDS_OF_A_LONG_TASK = 10.0
_TRIES_OF_A_LONG_TASK = 5

# An item, or its key, in DynamoDB's own JSON: {"id": {"S": "..."}}.
Item = dict[str, dict[str, Any]]
Answer = dict[str, Any]


class Calls:
    """Every call of the store goes through here. Opening it does no input or output."""

    def __init__(self, region: str, read_seconds: float = READ_SECONDS, tries: int = 1) -> None:
        # No retries by botocore: they know nothing of the deadline, and throttling wants more
        # tries than a hanging connection.
        self._connection = Connection(
            region=region or None,
            connect_timeout_seconds=CONNECT_SECONDS,
            read_timeout_seconds=read_seconds,
            max_retry_attempts=0,
            max_pool_connections=MAX_CONNECTIONS,
        )
        limits = (CONNECT_SECONDS, read_seconds)
        self._lean: Reader = RawClient(self._connection, limits, MAX_CONNECTIONS)
        self._probe: Reader = RawClient(self._connection, CHECK_LIMITS, 1)
        self._streams: BaseClient | None = None
        self.meter: Callable[[str, float], None] | None = None
        self._region = region
        self._tries = tries

    def for_background_task(self) -> Calls:
        """Calls that are more patient, where nobody waits for the answer."""
        if deadline.remaining() < float("inf"):
            return self
        calls = Calls(self._region, _READ_SECONDS_OF_A_LONG_TASK, _TRIES_OF_A_LONG_TASK)
        calls.meter = self.meter
        return calls

    def read(self, operation: str, table: str, request: dict[str, Any]) -> Answer:
        """Carry out a read; see StorageUnavailable."""
        if self.meter is not None:
            request = {**request, "ReturnConsumedCapacity": "TOTAL"}
        return self._metered(
            operation, self._try(operation, table, lambda: self._lean.send(operation, request))
        )

    def write(self, operation: str, table: str, request: dict[str, Any]) -> Answer:
        """Carry out a write, once however often it is sent; raises ConditionFailed too.

        All tries of one call are the same request, so that the client token of a transaction
        holds for them all.
        """
        answer = self._try(
            operation, table, lambda: self._connection.dispatch(operation, request), writes=True
        )
        return self._metered(operation, answer)

    def put_rows(self, table: str, request: dict[str, Any]) -> Answer:
        """Carry out a BatchWriteItem, whose actions may be sent any number of times.

        Through the lean line, since an import sends little else.
        """
        operation = "BatchWriteItem"
        return self._metered(
            operation,
            self._try(operation, table, lambda: self._lean.send(operation, request), writes=True),
        )

    def administer(self, operation: str, table: str, request: dict[str, Any]) -> Answer:
        """Carry out what is about a whole table and may be repeated."""

        # By the client: dispatch asks for the consumed capacity, which backups know nothing of.
        return self._try(
            operation, table, lambda: _by_client(self._connection.client, operation, request)
        )

    def read_stream(self, operation: str, table: str, request: dict[str, Any]) -> Answer:
        """Carry out a read of a table's stream, from one thread at a time."""

        def send() -> Answer:
            self._streams = self._streams or self._open_streams()
            return _by_client(self._streams, operation, request)

        return self._try(operation, f"the stream of {table}", send)

    def probe(self, operation: str, table: str, request: dict[str, Any]) -> Answer:
        """Carry out a read at once or not at all: one try of less than a second."""
        return self._try(
            operation,
            table,
            lambda: self._probe.send(operation, request),
            most_tries=1,
            least_time=min(CHECK_SECONDS, 0.1),
        )

    def _open_streams(self) -> BaseClient:
        """The client of the streams: where Amazon has them, or else where the tables are."""
        limits = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": 1},
            # By the name that firewalls know, and not by one of the account.
            account_id_endpoint_mode="disabled",
        )
        session, meta = self._connection.session, self._connection.client.meta
        client = session.create_client("dynamodbstreams", meta.region_name, config=limits)
        if _is_amazons(client.meta.endpoint_url) and not _is_amazons(meta.endpoint_url):
            client.close()
            client = session.create_client(
                "dynamodbstreams", meta.region_name, endpoint_url=meta.endpoint_url, config=limits
            )
        return client

    def _try(
        self,
        operation: str,
        table: str,
        send: Callable[[], Answer],
        *,
        writes: bool = False,
        most_tries: int = 8,
        least_time: float = TRY_SECONDS,
    ) -> Answer:
        outcome_unknown = False
        last: Exception | None = None
        trouble = Failure("there was no time left for it in this request")
        for number in range(most_tries):
            if deadline.remaining() < least_time:
                break
            try:
                return send()
            except CALL_ERRORS as error:
                trouble, last = classify(error), error
            outcome_unknown = outcome_unknown or trouble.outcome_unknown
            is_hopeless = trouble.tries == 1
            if is_hopeless or number + 1 >= max(trouble.tries, self._tries):
                break
            time.sleep(random.random() * min(0.5, 0.02 * 2**number))
        raise StorageUnavailable(
            SERVICE,
            f"dynamodb:{operation}",
            table,
            trouble.reason,
            maybe_written=writes and outcome_unknown,
        ) from last

    def _metered(self, operation: str, answer: Answer) -> Answer:
        if self.meter is not None:
            consumed = answer.get("ConsumedCapacity", [])
            for part in consumed if isinstance(consumed, list) else [consumed]:
                self.meter(operation, part["CapacityUnits"])
        return answer


def _by_client(client: BaseClient, operation: str, request: dict[str, Any]) -> Answer:
    call: Callable[..., Answer] = getattr(client, xform_name(operation))
    return call(**request)


def _is_amazons(endpoint: str) -> bool:
    host = urlsplit(endpoint).hostname or ""
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws"))
