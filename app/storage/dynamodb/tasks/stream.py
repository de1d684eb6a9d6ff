"""The stream of the table of people: its shards are walked, parents before children.

A place in the stream is the last sequence number that was dealt with, for each shard. The stream
forgets after 24 hours; a place before that is void.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from app.model.errors import StorageUnavailable
from app.storage.dynamodb.client.calls import Answer, Calls, Item
from app.storage.dynamodb.client.failures import code_of

# The place in a shard that was read to its end; one that was not begun has none.
_END = "end"
# From so many records on, the next are asked for at once: there are probably more.
_MANY = 100

Places = dict[str, str]


class PositionLost(Exception):
    """What followed the place is gone from the stream: it must be compared with the records."""


class Change(NamedTuple):
    """What happened to one record: ``image`` is what it holds since (None: deleted, or not told).

    ``at`` is the time of the change in seconds, rounded down to a minute at most.
    """

    employee_id: str
    image: Item | None
    at: float


class _Shard(NamedTuple):
    shard_id: str
    parent_id: str | None
    is_closed: bool


class StreamReader:
    """One walk along a stream, from where another ended. ``places`` tells how far it is."""

    def __init__(self, calls: Calls, table: str, arn: str, places: Places) -> None:
        self._calls = calls
        self._table = table
        self._arn = arn
        self.places = dict(places)
        self.has_more = True
        self.has_ended = False
        self._shards: dict[str, _Shard] | None = None
        self._iterators: dict[str, str] = {}

    def look(self) -> Iterator[list[Change]]:
        """The next changes of each shard that is due. Going on says that they were dealt with.

        ``has_more`` then tells whether to look again at once, ``has_ended`` that no shard is left
        (or its children are not told yet). Raises PositionLost.
        """
        shards = self._shards = self._shards or self._list_shards()
        self.has_more = False
        due = self._due(shards)
        self.has_ended = not due
        for shard in due:
            answer = self._read(shard.shard_id)
            records = answer["Records"]
            if records:
                yield [_change_in(record) for record in records]
                self.places[shard.shard_id] = records[-1]["dynamodb"]["SequenceNumber"]
            following = answer.get("NextShardIterator")
            if following:
                self._iterators[shard.shard_id] = following
            else:
                self.places[shard.shard_id] = _END
            self.has_more |= shard.is_closed or not following or len(records) >= _MANY
        if any(self.places.get(name) == _END for name in _childless(shards)):
            self._shards = None  # its children may be told late

    def _due(self, shards: dict[str, _Shard]) -> list[_Shard]:
        """Those that are not read to their end, and whose parent is (or is forgotten)."""
        ended = {shard_id for shard_id, place in self.places.items() if place == _END}
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
            description = self._ask("DescribeStream", request)["StreamDescription"]
            for found in description["Shards"]:
                is_closed = "EndingSequenceNumber" in found["SequenceNumberRange"]
                shard = _Shard(found["ShardId"], found.get("ParentShardId"), is_closed)
                shards[shard.shard_id] = shard
            last = description.get("LastEvaluatedShardId")
            if not last:
                break
            request["ExclusiveStartShardId"] = last
        if any(place != _END for name, place in self.places.items() if name not in shards):
            raise PositionLost
        self.places = {name: place for name, place in self.places.items() if name in shards}
        return shards

    def _read(self, shard_id: str) -> Answer:
        iterator = self._iterators.get(shard_id) or self._iterator(shard_id)
        try:
            return self._ask("GetRecords", {"ShardIterator": iterator})
        except PositionLost:
            if shard_id in self.places:
                raise
        # The oldest of a shard that is begun went meanwhile, a day old. (DynamoDB Local says so
        # when the first change comes to an empty one.)
        return self._ask("GetRecords", {"ShardIterator": self._iterator(shard_id)})

    def _iterator(self, shard_id: str) -> str:
        request = {"StreamArn": self._arn, "ShardId": shard_id}
        if place := self.places.get(shard_id):
            start = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": place}
        else:
            start = {"ShardIteratorType": "TRIM_HORIZON"}
        iterator: str = self._ask("GetShardIterator", request | start)["ShardIterator"]
        return iterator

    def _ask(self, operation: str, request: dict[str, Any]) -> Answer:
        try:
            return self._calls.read_stream(operation, self._table, request)
        except StorageUnavailable as error:
            if code_of(error) == "TrimmedDataAccessException":
                raise PositionLost from error
            raise


def _childless(shards: dict[str, _Shard]) -> set[str]:
    return set(shards) - {shard.parent_id for shard in shards.values() if shard.parent_id}


def _change_in(record: dict[str, Any]) -> Change:
    told = record["dynamodb"]
    moment: datetime = told["ApproximateCreationDateTime"]
    return Change(told["Keys"]["id"]["S"], told.get("NewImage"), moment.timestamp())
