"""Range reads of a view of the index, with filters on the server and a budget."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.storage.dynamodb.client.calls import Calls, Item
from app.storage.dynamodb.index.sighted_rows import Row, RowFilter, read_row

# Sorts after every character that can follow a prefix in a key.
_MAX_CHARACTER = "\U0010ffff"
_CHUNK_SIZE = 500
# Half a kilobyte, until rows have been read.
_ESTIMATED_UNITS_PER_ROW = 0.125


# Texts that all are in ``t``, and conditions of which one is met.
All = tuple[str, ...]
AnyOf = tuple[All, ...]


@dataclass(frozen=True, slots=True)
class KeyRange:
    """A range of a view from ``first`` to ``last``, in the order of ``at``, with filters.

    ``t`` must meet each of the ``terms``, and none of ``excluded``. With ``prefix_length`` only the
    row of the first word with the prefix is returned for each employee (see rows.py).
    ``key_prefix`` goes before ``at`` in the order of a page. ``seen`` leaves out whom a viewer may
    not find.
    """

    view: str
    first: str
    last: str
    terms: tuple[AnyOf, ...] = ()
    prefix_length: int = 0
    excluded: AnyOf = ()
    key_prefix: str = ""
    seen: RowFilter | None = None

    @classmethod
    def with_prefix(
        cls,
        view: str,
        prefix: str,
        terms: tuple[AnyOf, ...] = (),
        prefix_length: int = 0,
        excluded: AnyOf = (),
        *,
        seen: RowFilter | None = None,
    ) -> KeyRange:
        """Return the range of a view that begins with a prefix."""
        last = prefix + _MAX_CHARACTER
        return cls(view, prefix, last, terms, prefix_length, excluded, seen=seen)

    @classmethod
    def whole(
        cls, view: str, terms: tuple[AnyOf, ...] = (), *, seen: RowFilter | None = None
    ) -> KeyRange:
        """Return all of a view in the order of names: a name key begins with a to z, or ``{``."""
        return cls(view, "a", "{" + _MAX_CHARACTER, terms, seen=seen)


class Chain(tuple[KeyRange, ...]):
    """Ranges in the order of a page: all rows of one come before those of the next."""

    __slots__ = ()


@dataclass(slots=True)
class Budget:
    """The remaining budget of a page, in rows examined and in read units."""

    rows_left: int
    units_left: float
    rows_read: int = 0
    _units_read: float = 0.0

    def limit(self, rows: int) -> int:
        """Return how many of these rows the budget allows; 0 when it is spent."""
        read = self.rows_read
        units_per_row = self._units_read / read if read else _ESTIMATED_UNITS_PER_ROW
        return max(0, min(rows, self.rows_left, int(self.units_left / units_per_row)))

    def spend(self, rows: int, units: float) -> None:
        """Subtract rows examined and read units."""
        self.rows_read += rows
        self.rows_left -= rows
        self._units_read += units
        self.units_left -= units


@dataclass(slots=True)
class RangeReader:
    """A reader of a range after the sort key ``after``, forwards or backwards."""

    key_range: KeyRange
    after: str | None = None
    backwards: bool = False
    with_terms: bool = False
    rows: list[Row] = field(default_factory=list)
    examined: int = 0
    ended: bool = False

    def read(
        self, calls: Calls, table: str, enough: int, max_rows: int, first_chunk: int, budget: Budget
    ) -> None:
        """Read until there are ``enough`` rows, or ``max_rows`` more are examined, or to the end.

        It stops when the budget is spent, too.
        """
        chunk, max_examined = first_chunk, self.examined + max_rows
        while not self.ended and len(self.rows) < enough:
            bounds = self._bounds()
            if bounds is None:
                self.ended = True
                return
            # Reading backwards returns the row of ``after`` again.
            extra = int(self.backwards and self.after is not None)
            limit = budget.limit(min(chunk, max_examined - self.examined))
            if not limit:
                return
            response = calls.read("Query", table, self._request(table, limit + extra, bounds))
            examined = response["ScannedCount"]
            consumed = response.get("ConsumedCapacity", {})  # some emulators omit it
            budget.spend(
                examined, consumed.get("CapacityUnits", examined * _ESTIMATED_UNITS_PER_ROW)
            )
            self.examined += examined
            self.rows += self._rows_in(response["Items"])
            last = response.get("LastEvaluatedKey")
            self.ended = last is None
            if last is not None:
                self.after = last["at"]["S"]
            chunk = _CHUNK_SIZE

    def _rows_in(self, items: list[Item]) -> list[Row]:
        """Return the rows of a response, without those whose attributes are of other types."""
        after = self.after
        try:
            rows = [read_row(item) for item in items if item["at"]["S"] != after]
        except KeyError:
            readable = [item for item in items if "S" in item.get("c", ()) and _has_terms(item)]
            return self._rows_in(readable)
        seen = self.key_range.seen
        if seen is None:
            return rows
        return [row for row in rows if seen.finds(row, self.key_range.key_prefix + row.at)]

    def _bounds(self) -> tuple[str, str] | None:
        """Return the bounds of the next Query; None for an empty range, which a Query rejects."""
        first, last = self.key_range.first, self.key_range.last
        if self.after is not None:
            if self.backwards:
                last = min(last, self.after)
            else:
                # The next possible key, since no key continues with a control character.
                first = max(first, self.after + "\x01")
        return (first, last) if first <= last else None

    def _request(self, table: str, limit: int, bounds: tuple[str, str]) -> dict[str, Any]:
        first, last = bounds
        names = {"#v": "view", "#a": "at"}
        values = {":v": {"S": self.key_range.view}, ":f": {"S": first}, ":l": {"S": last}}
        request: dict[str, Any] = {
            "TableName": table,
            "KeyConditionExpression": "#v = :v AND #a BETWEEN :f AND :l",
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
            "ProjectionExpression": "#a, c, v, t, o" if self._needs_terms else "#a, c, v",
            "ConsistentRead": True,
            "ReturnConsumedCapacity": "TOTAL",
            "ScanIndexForward": not self.backwards,
            "Limit": limit,
        }
        conditions, texts = _conditions(self.key_range)
        values |= texts
        if conditions:
            request["FilterExpression"] = " AND ".join(conditions)
        return request

    @property
    def _needs_terms(self) -> bool:
        return self.with_terms or self.key_range.seen is not None


def _conditions(key_range: KeyRange) -> tuple[list[str], dict[str, dict[str, str]]]:
    """Return the conditions on rows as expressions, and the values in them."""
    values: dict[str, dict[str, str]] = {}

    def all_of(texts: All) -> str:
        tests = []
        for text in texts:
            name = f":t{len(values)}"
            values[name] = {"S": text}
            tests.append(f"contains(t, {name})")
        return f"({' AND '.join(tests)})" if len(tests) > 1 else tests[0]

    conditions = []
    for any_of in key_range.terms:
        tests = list(map(all_of, any_of))
        conditions.append(f"({' OR '.join(tests)})" if len(tests) > 1 else tests[0])
    if key_range.seen and key_range.seen.is_restricted:
        return conditions, values  # which row shows somebody, the filter decides
    shown_once = [f"NOT {all_of(each)}" for each in key_range.excluded]
    if key_range.prefix_length:
        shown_once.append("p < :p")
        values[":p"] = {"N": str(key_range.prefix_length)}
    if key_range.seen:
        shown_once = [f"({each} OR attribute_exists(v))" for each in shown_once]
    return conditions + shown_once, values


def _has_terms(item: Item) -> bool:
    return "t" not in item or "S" in item["t"]
