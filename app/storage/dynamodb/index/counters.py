"""The counts: totals, plus deltas that were not folded into them yet.

A save puts a delta of its own and touches nothing that another save touches. Totals lie in buckets
so that no item grows near its limit of 400 KB; ``ver`` says which fold they are the result of. What
is counted is called ``*`` (everybody), ``a:<letter>``, ``l:<location>``, ``d:<department>``,
``t:<title>`` (as spelled), ``j:<month of joining>`` and ``b:<badge>``.
"""

from __future__ import annotations

import json
import uuid
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, NamedTuple

from app.contracts import Facets
from app.model.employee import BADGE_KEYS
from app.storage.dynamodb.client.calls import Calls, Item
from app.storage.dynamodb.client.failures import ConditionFailed
from app.storage.dynamodb.client.pagination import rows_of
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.index.rows import facet_token
from app.text.search_keys import LETTERS, merge_spellings

COUNTERS_VIEW = "tally"
# A read of the counts that saw more deltas than this asks for a fold.
MAX_UNFOLDED_DELTAS = 30
# 60 deltas, 28 buckets and the fold's version are 89 of the 100 actions that a transaction takes.
_FOLDED_AT_ONCE = 60
_BUCKETS = {"l": 4, "d": 4, "t": 16}
_DELTA = "d#"
_TOTAL = "0#"
_FOLD = "0"


class Snapshot(NamedTuple):
    """The counts at one moment: of which fold the totals are, and which deltas were on top."""

    ver: int
    counts: Counter[str]
    deltas: frozenset[str]


def count_delta(before: Iterable[str], after: Iterable[str]) -> Counter[str]:
    """What changes in the counts when one employee's facets change."""
    delta = Counter(after)
    delta.subtract(before)
    return Counter({facet: count for facet, count in delta.items() if count})


def put_delta(table: str, delta: Mapping[str, int]) -> dict[str, Any]:
    """The action that adds to the counts."""
    key = Tables.index_key(COUNTERS_VIEW, f"{_DELTA}{uuid.uuid4()}")
    return {"Put": {"TableName": table, "Item": {**key, "d": _packed(delta)}}}


class Counters:
    """Reads the counts and folds deltas into totals."""

    def __init__(self, calls: Calls, tables: Tables) -> None:
        self._calls = calls
        self._index = tables.index
        self._totals: tuple[int, Counter[str]] = (-1, Counter())
        self._people: dict[tuple[str, str], int] | None = None
        self.wants_fold = False

    def snapshot(self) -> Snapshot:
        """The counts. Read again when a fold came between, so no reading goes backwards."""
        while True:
            ver = self._fold_version()
            totals = self._totals_at(ver)
            deltas = self._rows(_DELTA)
            if self._fold_version() == ver:
                break
        self._totals = (ver, totals)
        counts = Counter(totals)
        for item in deltas:
            counts.update(_unpacked(item["d"]))
        self._people = _by_token(counts)
        self.wants_fold = len(deltas) > MAX_UNFOLDED_DELTAS
        return Snapshot(ver, counts, frozenset(item["at"]["S"] for item in deltas))

    def people_with(self, kind: str, token: str) -> int:
        """About how many people a facet has: good enough to choose what to read."""
        if self._people is None:
            self.snapshot()
        return (self._people or {}).get((kind, token), 0)

    def fold(self) -> bool:
        """Fold some deltas into the totals; False when there were none, or others did it."""
        ver = self._fold_version()
        deltas = self._rows(_DELTA, _FOLDED_AT_ONCE)
        if not deltas:
            return False
        totals = Counter(self._totals_at(ver))
        touched: set[str] = set()
        for item in deltas:
            delta = _unpacked(item["d"])
            totals.update(delta)
            touched.update(map(_bucket_of, delta))
        buckets: dict[str, dict[str, int]] = {bucket: {} for bucket in touched}
        for facet, count in totals.items():
            if count and (bucket := _bucket_of(facet)) in touched:
                buckets[bucket][facet] = count
        try:
            self._write_fold(ver, deltas, buckets)
        except ConditionFailed:
            return False
        self._totals = (ver + 1, Counter({facet: n for facet, n in totals.items() if n}))
        return True

    def correct(self, seen: Snapshot, delta: Mapping[str, int]) -> bool:
        """Put right what a recount found, if no fold came between.

        The fold's version goes up, so that nobody goes on with totals kept in memory.
        """
        try:
            self._transact([self._next_fold(seen.ver), put_delta(self._index, delta)])
        except ConditionFailed:
            return False
        return True

    def _write_fold(
        self, ver: int, deltas: list[Item], buckets: Mapping[str, Mapping[str, int]]
    ) -> None:
        actions: list[dict[str, Any]] = []
        for item in deltas:
            key = {"view": item["view"], "at": item["at"]}
            condition = {"ConditionExpression": "attribute_exists(d)"}
            actions.append({"Delete": {"TableName": self._index, "Key": key, **condition}})
        for bucket, counts in buckets.items():
            item = {**Tables.index_key(COUNTERS_VIEW, bucket), "n": _packed(counts)}
            actions.append({"Put": {"TableName": self._index, "Item": item}})
        self._transact([*actions, self._next_fold(ver)])

    def _transact(self, actions: list[dict[str, Any]]) -> None:
        request = {"TransactItems": actions, "ClientRequestToken": str(uuid.uuid4())}
        self._calls.write("TransactWriteItems", self._index, request)

    def _next_fold(self, ver: int) -> dict[str, Any]:
        item = {**Tables.index_key(COUNTERS_VIEW, _FOLD), "ver": {"N": str(ver + 1)}}
        return {"Put": {"TableName": self._index, "Item": item, **_at(ver)}}

    def _fold_version(self) -> int:
        key = Tables.index_key(COUNTERS_VIEW, _FOLD)
        request = {"TableName": self._index, "Key": key, "ConsistentRead": True}
        item = self._calls.read("GetItem", self._index, request).get("Item")
        return int(item["ver"]["N"]) if item else 0

    def _totals_at(self, ver: int) -> Counter[str]:
        known, totals = self._totals
        if known == ver:
            return totals
        totals = Counter()
        for item in self._rows(_TOTAL):
            totals.update(_unpacked(item["n"]))
        return totals

    def _rows(self, prefix: str, most: int | None = None) -> list[Item]:
        limit = {"Limit": most} if most else {}
        rows = rows_of(self._calls, self._index, COUNTERS_VIEW, begins=prefix, request=limit)
        return list(islice(rows, most))


def facets_from(counts: Mapping[str, int]) -> Facets:
    """The counts in the shape that pages ask for."""
    by_kind: dict[str, dict[str, int]] = defaultdict(dict)
    for facet, count in counts.items():
        kind, _, value = facet.partition(":")
        if count > 0:
            by_kind[kind][value] = count
    letters, badges = by_kind["a"], by_kind["b"]
    return Facets(
        total=by_kind["*"].get("", 0),
        letters={letter: letters[letter] for letter in LETTERS if letter in letters},
        locations=merge_spellings(by_kind["l"]),
        departments=merge_spellings(by_kind["d"]),
        job_titles=merge_spellings(by_kind["t"]),
        badges={key: badges[key] for key in BADGE_KEYS if key in badges},
        joined=dict(sorted(by_kind["j"].items())),
    )


def _by_token(counts: Mapping[str, int]) -> dict[tuple[str, str], int]:
    people: Counter[tuple[str, str]] = Counter()
    for facet, count in counts.items():
        kind, _, value = facet.partition(":")
        people[kind, facet_token(value) if kind in _BUCKETS else value] += count
    return people


def _bucket_of(facet: str) -> str:
    kind = facet[:1]
    return f"{_TOTAL}{kind}#{zlib.crc32(facet.encode()) % _BUCKETS.get(kind, 1)}"


def _at(ver: int) -> dict[str, Any]:
    if not ver:
        return {"ConditionExpression": "attribute_not_exists(ver)"}
    values = {":ver": {"N": str(ver)}}
    return {"ConditionExpression": "ver = :ver", "ExpressionAttributeValues": values}


def _packed(counts: Mapping[str, int]) -> dict[str, str]:
    return {"S": json.dumps(counts, ensure_ascii=False, separators=(",", ":"))}


def _unpacked(value: dict[str, Any]) -> dict[str, int]:
    counts: dict[str, int] = json.loads(value["S"])
    return counts
