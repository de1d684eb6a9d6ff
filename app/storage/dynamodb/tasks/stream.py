"""The stream of the table of employees: its shards are read, parents before children.

A position in the stream is the last processed sequence number of each shard. DynamoDB keeps the
changes of 24 hours; an older position is invalid.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from app.model.errors import StorageUnavailable
from app.storage.dynamodb.client.calls import Calls, Item, Response
from app.storage.dynamodb.client.failures import error_code

# The position in a shard that was read to its end; a shard that was not started has none.
_END = "end"
# After a page of this many records there are probably more, so the next is read at once.
_MIN_FULL_PAGE = 100

Positions = dict[str, str]


class PositionLost(Exception):
    """The changes after the position are lost: compare the whole index with the records."""


class Change(NamedTuple):
    """A change of one record; ``image`` is the new record, None if deleted or not in the stream.

    ``at`` is the time of the change in seconds since the epoch, which may be rounded to a minute.
    """

    employee_id: str
    image: Item | None
    at: float


class _Shard(NamedTuple):
    shard_id: str
    parent_id: str | None
    is_closed: bool


class StreamReader:
    """A reader of one stream from given positions; ``positions`` is how far it has read."""

    def __init__(self, calls: Calls, table: str, arn: str, positions: Positions) -> None:
        self._calls = calls
        self._table = table
        self._arn = arn
        self.positions = dict(positions)
        self.has_more = True
        self.has_ended = False
        self._shards: dict[str, _Shard] | None = None
        self._iterators: dict[str, str] = {}

    @staticmethod
    def accepts(positions: object) -> bool:
        """Return whether a stored value has the form of positions: each a number, or the end."""
        return isinstance(positions, dict) and all(
            isinstance(position, str) and (position == _END or position.isdecimal())
            for position in positions.values()
        )

    def read_changes(self) -> Iterator[list[Change]]:
        """Yield the next changes of each due shard; the next step marks them as processed.

        Afterwards ``has_more`` says whether to read again at once, and ``has_ended`` that no shard
        is left, or its children are not listed yet. Raises PositionLost.
        """
        shards = self._shards = self._shards or self._list_shards()
        self.has_more = False
        due = self._due_shards(shards)
        self.has_ended = not due
        for shard in due:
            response = self._get_records(shard.shard_id)
            records = response["Records"]
            if records:
                yield [_change_in(record) for record in records]
                self.positions[shard.shard_id] = records[-1]["dynamodb"]["SequenceNumber"]
            following = response.get("NextShardIterator")
            if following:
                self._iterators[shard.shard_id] = following
            else:
                self.positions[shard.shard_id] = _END
            self.has_more |= shard.is_closed or not following or len(records) >= _MIN_FULL_PAGE
        if any(self.positions.get(name) == _END for name in _without_children(shards)):
            self._shards = None  # its children may be listed late

    def _due_shards(self, shards: dict[str, _Shard]) -> list[_Shard]:
        """Return the unfinished shards whose parent is finished or expired."""
        ended = {shard_id for shard_id, position in self.positions.items() if position == _END}
        return [
            shard
            for shard in shards.values()
            if shard.shard_id not in ended
            and (shard.parent_id not in shards or shard.parent_id in ended)
        ]

    def _list_shards(self) -> dict[str, _Shard]:
        request: dict[str, Any] = {"StreamArn": self._arn}
        shards: dict[str, _Shard] = {}
        while True:
            description = self._call("DescribeStream", request)["StreamDescription"]
            for entry in description["Shards"]:
                is_closed = "EndingSequenceNumber" in entry["SequenceNumberRange"]
                shard = _Shard(entry["ShardId"], entry.get("ParentShardId"), is_closed)
                shards[shard.shard_id] = shard
            last = description.get("LastEvaluatedShardId")
            if not last:
                break
            request["ExclusiveStartShardId"] = last
        if any(position != _END for name, position in self.positions.items() if name not in shards):
            raise PositionLost
        self.positions = {name: self.positions[name] for name in self.positions.keys() & shards}
        return shards

    def _get_records(self, shard_id: str) -> Response:
        iterator = self._iterators.get(shard_id) or self._open_iterator(shard_id)
        try:
            return self._call("GetRecords", {"ShardIterator": iterator})
        except PositionLost:
            if shard_id in self.positions:
                raise
        # The oldest changes of an unread shard expired after the iterator was opened. DynamoDB
        # Local raises the same error at the first change of an empty shard.
        return self._call("GetRecords", {"ShardIterator": self._open_iterator(shard_id)})

    def _open_iterator(self, shard_id: str) -> str:
        request = {"StreamArn": self._arn, "ShardId": shard_id}
        if position := self.positions.get(shard_id):
            start = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": position}
        else:
            start = {"ShardIteratorType": "TRIM_HORIZON"}
        iterator: str = self._call("GetShardIterator", request | start)["ShardIterator"]
        return iterator

    def _call(self, operation: str, request: dict[str, Any]) -> Response:
        try:
            return self._calls.read_stream(operation, self._table, request)
        except StorageUnavailable as error:
            code = error_code(error)
            is_position_unknown = code == "ValidationException" and "SequenceNumber" in request
            if code == "TrimmedDataAccessException" or is_position_unknown:
                raise PositionLost from error
            raise


def _without_children(shards: dict[str, _Shard]) -> set[str]:
    return set(shards) - {shard.parent_id for shard in shards.values() if shard.parent_id}


def _change_in(record: dict[str, Any]) -> Change:
    change = record["dynamodb"]
    moment: datetime = change["ApproximateCreationDateTime"]
    return Change(change["Keys"]["id"]["S"], change.get("NewImage"), moment.timestamp())
