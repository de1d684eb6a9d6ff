"""A reader along a stream whose shards split and close, which DynamoDB Local's never do."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from app.storage.dynamodb.tasks.stream import PositionLost, Positions, StreamReader

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)


@dataclass
class Shard:
    parent: str | None = None
    closed: bool = False
    records: list[str] = field(default_factory=list)


class StubStream:
    """Stands for Calls: a stream in memory, whose pages hold two records and lists two shards."""

    def __init__(self, **shards: Shard) -> None:
        self.shards = shards
        self.asked: list[str] = []

    def read_stream(self, operation, table, request):
        self.asked.append(operation)
        assert table == "Employees"
        return getattr(self, operation)(**request)

    def DescribeStream(self, StreamArn, ExclusiveStartShardId=None):
        names = list(self.shards)
        first = names.index(ExclusiveStartShardId) + 1 if ExclusiveStartShardId else 0
        some = names[first : first + 2]
        described = {"Shards": [self._described(name) for name in some]}
        if first + 2 < len(names):
            described["LastEvaluatedShardId"] = some[-1]
        return {"StreamDescription": described}

    def GetShardIterator(
        self,
        StreamArn,
        ShardId,
        ShardIteratorType,
        SequenceNumber=None,
    ):
        records = self.shards[ShardId].records
        is_after = ShardIteratorType == "AFTER_SEQUENCE_NUMBER"
        start = records.index(SequenceNumber) + 1 if is_after else 0
        return {"ShardIterator": f"{ShardId}@{start}"}

    def GetRecords(self, ShardIterator):
        name, _, start = ShardIterator.partition("@")
        shard, first = self.shards[name], int(start)
        some = shard.records[first : first + 2]
        answer = {"Records": [self._record(each) for each in some]}
        if not shard.closed or first + len(some) < len(shard.records):
            answer["NextShardIterator"] = f"{name}@{first + len(some)}"
        return answer

    def _described(self, name):
        shard = self.shards[name]
        numbers = {"StartingSequenceNumber": "0"}
        if shard.closed:
            numbers["EndingSequenceNumber"] = "9"
        found = {"ShardId": name, "SequenceNumberRange": numbers}
        return found | ({"ParentShardId": shard.parent} if shard.parent else {})

    def _record(self, employee_id):
        return {
            "dynamodb": {
                "Keys": {"id": {"S": employee_id}},
                "SequenceNumber": employee_id,
                "ApproximateCreationDateTime": NOW,
            }
        }


def walk_on(stream: StubStream, places: Positions | None = None) -> StreamReader:
    return StreamReader(stream, "Employees", "arn", places or {})


def seen(reader: StreamReader, looks: int = 12) -> list[str]:
    return [
        change.employee_id
        for _ in range(looks)
        for changes in reader.read_changes()
        for change in changes
    ]


def split() -> StubStream:
    """Children are listed before their parent, so that the order of the list is no help."""
    return StubStream(
        left=Shard("root", records=["l1", "l2", "l3"]),
        grandchild=Shard("right", records=["g1"]),
        right=Shard("root", closed=True, records=["r1"]),
        root=Shard("forgotten", closed=True, records=["a", "b", "c"]),
    )


def test_parents_are_read_before_their_children_and_everything_once():
    reader = walk_on(split())
    order = seen(reader)
    assert sorted(order) == ["a", "b", "c", "g1", "l1", "l2", "l3", "r1"]
    assert order[:3] == ["a", "b", "c"]
    assert order.index("r1") < order.index("g1")
    assert reader.positions == {"root": "end", "right": "end", "left": "l3", "grandchild": "g1"}


@pytest.mark.parametrize("looks", range(8))
def test_another_walk_goes_on_where_one_ended(looks):
    stream = split()
    first = walk_on(stream)
    before = seen(first, looks)
    after = seen(walk_on(stream, first.positions))
    assert sorted(before + after) == ["a", "b", "c", "g1", "l1", "l2", "l3", "r1"]


def test_a_shard_that_closes_while_it_is_read_is_followed_by_its_children():
    stream = StubStream(root=Shard(records=["a"]))
    reader = walk_on(stream)
    assert seen(reader, 2) == ["a"]
    assert not reader.has_more
    stream.shards["root"].records.append("b")
    stream.shards["root"].closed = True
    stream.shards["left"] = Shard("root", records=["l1"])
    stream.shards["right"] = Shard("root", records=["r1"])
    assert seen(reader) == ["b", "l1", "r1"]


def test_children_that_are_told_late_are_waited_for():
    stream = StubStream(root=Shard(closed=True, records=["a"]))
    reader = walk_on(stream)
    assert seen(reader) == ["a"]
    assert reader.has_ended
    stream.shards["child"] = Shard("root", records=["c1"])
    assert seen(reader) == ["c1"]
    assert not reader.has_ended


def test_late_children_of_one_shard_are_waited_for_beside_the_news_of_another():
    stream = StubStream(left=Shard(closed=True, records=["l1"]), right=Shard(records=["r1"]))
    reader = walk_on(stream)
    assert seen(reader) == ["l1", "r1"]
    stream.shards["child"] = Shard("left", records=["c1"])
    stream.shards["right"].records.append("r2")
    assert sorted(seen(reader)) == ["c1", "r2"]


def test_what_was_not_dealt_with_is_read_again():
    stream = StubStream(root=Shard(records=["a", "b", "c"]))
    reader = walk_on(stream)
    next(reader.read_changes())
    assert reader.positions == {}
    assert seen(walk_on(stream, reader.positions)) == ["a", "b", "c"]


def test_there_is_more_until_a_closed_shard_was_read_to_its_end():
    reader = walk_on(StubStream(root=Shard(closed=True), child=Shard("root")))
    list(reader.read_changes())
    assert reader.has_more
    list(reader.read_changes())
    assert not reader.has_more


def test_a_shard_that_was_forgotten_after_its_end_is_forgotten_here_too():
    stream = split()
    reader = walk_on(stream)
    seen(reader)
    del stream.shards["root"]
    later = walk_on(stream, reader.positions)
    assert seen(later) == []
    assert set(later.positions) == {"left", "right", "grandchild"}


def test_a_shard_that_was_forgotten_before_its_end_is_a_lost_place():
    stream = split()
    reader = walk_on(stream)
    seen(reader, 1)
    del stream.shards["root"]
    with pytest.raises(PositionLost):
        seen(walk_on(stream, reader.positions))


def test_an_open_shard_without_news_is_asked_once_for_each_look():
    stream = StubStream(root=Shard(records=["a"]))
    reader = walk_on(stream)
    seen(reader, 2)
    stream.asked.clear()
    seen(reader, 5)
    assert stream.asked == ["GetRecords"] * 5
