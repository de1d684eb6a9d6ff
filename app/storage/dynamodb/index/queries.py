"""Reading a view of the index: a stretch of one partition, filtered on the server, row by row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.storage.dynamodb.client.calls import Calls

# Sorts after everything that a key can go on with, and before everything else.
_LAST = "\U0010ffff"
_CHUNK = 500
# Half a kilobyte, until it is known better.
_UNITS_OF_A_ROW = 0.125


@dataclass(frozen=True, slots=True)
class KeyRange:
    """Where to read: from ``first`` to ``last`` of a view, in the order of ``at``, filtered.

    ``marks`` must all stand in ``t``. With ``prefix_length``, of a person's words that begin with
    the prefix only the row of the smallest is wanted (see rows.py).
    """

    view: str
    first: str
    last: str
    marks: tuple[str, ...] = ()
    prefix_length: int = 0

    @classmethod
    def under(
        cls, view: str, prefix: str, marks: tuple[str, ...] = (), prefix_length: int = 0
    ) -> KeyRange:
        """All of a view that begins with a prefix."""
        return cls(view, prefix, prefix + _LAST, marks, prefix_length)

    @classmethod
    def whole(cls, view: str, marks: tuple[str, ...] = ()) -> KeyRange:
        """All of a view whose order is by name: a name key begins with a to z, or with ``{``."""
        return cls(view, "a", "{" + _LAST, marks)


@dataclass(slots=True)
class Budget:
    """How many rows, and at how many read units, one page may still look at."""

    rows_left: int
    units_left: float
    rows_read: int = 0
    _units_read: float = 0.0

    def rows(self, wanted: int) -> int:
        """So many of the rows wanted may be asked for at once; 0 where the budget is spent."""
        each = self._units_read / self.rows_read if self.rows_read else _UNITS_OF_A_ROW
        return max(0, min(wanted, self.rows_left, int(self.units_left / each)))

    def note(self, rows: int, units: float) -> None:
        """So much was read."""
        self.rows_read += rows
        self.rows_left -= rows
        self._units_read += units
        self.units_left -= units


@dataclass(frozen=True, slots=True)
class Row:
    """A row as read; ``terms`` only where they were asked for."""

    at: str
    card: str
    terms: str = ""


@dataclass(slots=True)
class Reading:
    """A stretch being read, onwards from a place (exclusive), forwards or backwards."""

    stretch: KeyRange
    after: str | None = None
    backwards: bool = False
    with_terms: bool = False
    rows: list[Row] = field(default_factory=list)
    examined: int = 0
    ended: bool = False

    def read(
        self, calls: Calls, table: str, wanted: int, most: int, first_chunk: int, budget: Budget
    ) -> None:
        """Read on until there are so many rows, or so many were looked at, or all is read.

        It ends when the budget is spent, too.
        """
        chunk, ends = first_chunk, self.examined + most
        while not self.ended and len(self.rows) < wanted:
            bounds = self._bounds()
            if bounds is None:
                self.ended = True
                return
            # The row that we go on from is met again when reading backwards: one more for it.
            again = int(self.backwards and self.after is not None)
            limit = budget.rows(min(chunk, ends - self.examined))
            if not limit:
                return
            answer = calls.read("Query", table, self._request(table, limit + again, bounds))
            examined = answer["ScannedCount"]
            consumed = answer.get("ConsumedCapacity", {})  # some that speak DynamoDB do not say
            budget.note(examined, consumed.get("CapacityUnits", examined * _UNITS_OF_A_ROW))
            self.examined += examined
            after = self.after
            self.rows += [_row(item) for item in answer["Items"] if item["at"]["S"] != after]
            last = answer.get("LastEvaluatedKey")
            self.ended = last is None
            if last is not None:
                self.after = last["at"]["S"]
            chunk = _CHUNK

    def _bounds(self) -> tuple[str, str] | None:
        """From where to where; None where nothing is left, which a Query would refuse to read."""
        first, last = self.stretch.first, self.stretch.last
        if self.after is not None:
            if self.backwards:
                last = min(last, self.after)
            else:
                # The next key that there can be: no key goes on with a control character.
                first = max(first, self.after + "\x01")
        return (first, last) if first <= last else None

    def _request(self, table: str, limit: int, bounds: tuple[str, str]) -> dict[str, Any]:
        first, last = bounds
        names = {"#v": "view", "#a": "at"}
        values = {":v": {"S": self.stretch.view}, ":f": {"S": first}, ":l": {"S": last}}
        request: dict[str, Any] = {
            "TableName": table,
            "KeyConditionExpression": "#v = :v AND #a BETWEEN :f AND :l",
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
            "ProjectionExpression": "#a, c, t" if self.with_terms else "#a, c",
            "ConsistentRead": True,
            "ReturnConsumedCapacity": "TOTAL",
            "ScanIndexForward": not self.backwards,
            "Limit": limit,
        }
        conditions = []
        for place, mark in enumerate(self.stretch.marks):
            conditions.append(f"contains(t, :t{place})")
            values[f":t{place}"] = {"S": mark}
        if self.stretch.prefix_length:
            conditions.append("p < :p")
            values[":p"] = {"N": str(self.stretch.prefix_length)}
        if conditions:
            request["FilterExpression"] = " AND ".join(conditions)
        return request


def _row(item: dict[str, Any]) -> Row:
    return Row(item["at"]["S"], item["c"]["S"], item["t"]["S"] if "t" in item else "")
