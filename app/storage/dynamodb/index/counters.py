"""The counters: totals, plus deltas that are not folded into them yet.

A save puts its own delta item, so concurrent saves never write the same item. Totals are spread
over buckets, so that no item comes near the limit of 400 KB; ``ver`` is the number of the last
fold. Counted facets are ``*`` (all employees), ``a:<letter>``, ``l:<location>``,
``d:<department>``, ``t:<job title>`` (as spelled), ``j:<start month>``, ``b:<badge>``, ``g:left``
(all who have left, and are in no other count) and ``g:<last day>`` of those who leave.
"""

import json
import uuid
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, NamedTuple

from app.contracts import Facets
from app.contracts.counts import facets_from
from app.runtime import strict_json
from app.storage.dynamodb.client.attributes import (
    Attribute,
    integer_of,
    string_of,
    unchanged_attribute,
)
from app.storage.dynamodb.client.calls import Calls, Item
from app.storage.dynamodb.client.failures import ConditionFailed
from app.storage.dynamodb.client.pagination import query_view
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.index.views import KINDS, LEAVING, TEXT_KINDS, facet_token

COUNTERS_VIEW = "tally"
# After a read of more deltas than this, maintenance folds them.
MAX_UNFOLDED_DELTAS = 30
# 50 deltas, 28 buckets, one of each other letter and the fold version are 99 of 100 actions.
_MAX_DELTAS_PER_FOLD = 50
# Of other kinds there are few values, in one bucket.
_BUCKETS = {**dict.fromkeys(TEXT_KINDS, 4), KINDS["job_title"]: 16}
_DELTA_PREFIX = "d#"
_TOTAL_PREFIX = "0#"
_FOLD_KEY = "0"
# More people than any count can have.
_MAX_COUNT = 10**9
# A letter, a colon and a value of 200 characters, with room for what a newer release counts.
_MAX_FACET_CHARACTERS = 300


class FoldVersion(NamedTuple):
    """The number of the last fold, 0 before the first, and the attribute as it was read."""

    number: int
    stored: Attribute | None = None


class Snapshot(NamedTuple):
    """The counts at one moment, with the fold version and the deltas that they include."""

    ver: FoldVersion
    counts: Counter[str]
    deltas: frozenset[str]


def count_delta(before: Iterable[str], after: Iterable[str]) -> Counter[str]:
    """Return the change of the counts when the facets of an employee change."""
    delta = Counter(after)
    delta.subtract(before)
    return Counter({facet: count for facet, count in delta.items() if count})


def put_delta(table: str, delta: Mapping[str, int]) -> dict[str, Any]:
    """Return the action that adds a delta to the counts."""
    key = Tables.index_key(COUNTERS_VIEW, f"{_DELTA_PREFIX}{uuid.uuid4()}")
    return {"Put": {"TableName": table, "Item": {**key, "d": _pack(delta)}}}


class Counters:
    """The counters of one index table, with the totals of the last fold cached."""

    def __init__(self, calls: Calls, tables: Tables) -> None:
        self._calls = calls
        self._index = tables.index
        self._totals: tuple[FoldVersion | None, Counter[str]] = (None, Counter())
        self._count_of: dict[tuple[str, str], int] | None = None
        self.needs_fold = False

    def snapshot(self) -> Snapshot:
        """Read the counts; read again if a fold happened meanwhile, so that none goes backwards."""
        while True:
            ver = self._fold_version()
            totals = self._totals_at(ver)
            deltas = self._rows(_DELTA_PREFIX)
            if self._fold_version() == ver:
                break
        self._totals = (ver, totals)
        counts = Counter(totals)
        for item in deltas:
            counts.update(_unpack(item, "d"))
        self._count_of = _count_by_token(counts)
        self.needs_fold = len(deltas) > MAX_UNFOLDED_DELTAS
        return Snapshot(ver, counts, frozenset(item["at"]["S"] for item in deltas))

    def people_with(self, kind: str, token: str) -> int:
        """Return roughly how many employees a facet has, from the last snapshot."""
        if self._count_of is None:
            self.snapshot()
        return (self._count_of or {}).get((kind, token), 0)

    def fold(self) -> bool:
        """Fold deltas into the totals; return False if there were none or another fold won."""
        ver = self._fold_version()
        deltas = self._rows(_DELTA_PREFIX, _MAX_DELTAS_PER_FOLD)
        if not deltas:
            return False
        totals = Counter(self._totals_at(ver))
        changed: set[str] = set()
        for item in deltas:
            delta = _unpack(item, "d")
            totals.update(delta)
            changed.update(map(_bucket_of, delta))
        buckets: dict[str, dict[str, int]] = {bucket: {} for bucket in changed}
        for facet, count in totals.items():
            if count and (bucket := _bucket_of(facet)) in changed:
                buckets[bucket][facet] = count
        try:
            self._write_fold(ver, deltas, buckets)
        except ConditionFailed:
            return False
        counts = Counter({key: count for key, count in totals.items() if count})
        self._totals = (_next_version(ver), counts)
        return True

    def correct(self, snapshot: Snapshot, delta: Mapping[str, int]) -> bool:
        """Add the difference that a recount found, unless a fold happened since the snapshot.

        The fold version is incremented, which invalidates the totals that other processes cache.
        """
        try:
            self._transact([self._next_fold(snapshot.ver), put_delta(self._index, delta)])
        except ConditionFailed:
            return False
        return True

    def _write_fold(
        self, ver: FoldVersion, deltas: list[Item], buckets: Mapping[str, Mapping[str, int]]
    ) -> None:
        actions: list[dict[str, Any]] = []
        for item in deltas:
            key = {"view": item["view"], "at": item["at"]}
            exists = {
                "ConditionExpression": "attribute_exists(#at)",
                "ExpressionAttributeNames": {"#at": "at"},
            }
            actions.append({"Delete": {"TableName": self._index, "Key": key, **exists}})
        for bucket, counts in buckets.items():
            item = {**Tables.index_key(COUNTERS_VIEW, bucket), "n": _pack(counts)}
            actions.append({"Put": {"TableName": self._index, "Item": item}})
        self._transact([*actions, self._next_fold(ver)])

    def _transact(self, actions: list[dict[str, Any]]) -> None:
        request = {"TransactItems": actions, "ClientRequestToken": str(uuid.uuid4())}
        self._calls.write("TransactWriteItems", self._index, request)

    def _next_fold(self, ver: FoldVersion) -> dict[str, Any]:
        stored = _next_version(ver).stored or {}
        item = {**Tables.index_key(COUNTERS_VIEW, _FOLD_KEY), "ver": stored}
        condition = unchanged_attribute("ver", ver.stored)
        return {"Put": {"TableName": self._index, "Item": item, **condition}}

    def _fold_version(self) -> FoldVersion:
        key = Tables.index_key(COUNTERS_VIEW, _FOLD_KEY)
        request = {"TableName": self._index, "Key": key, "ConsistentRead": True}
        item = self._calls.read("GetItem", self._index, request).get("Item") or {}
        return FoldVersion(integer_of(item, "ver") or 0, item.get("ver"))

    def _totals_at(self, ver: FoldVersion) -> Counter[str]:
        cached_ver, totals = self._totals
        if cached_ver == ver:
            return totals
        totals = Counter()
        for item in self._rows(_TOTAL_PREFIX):
            bucket, counts = item["at"]["S"], _unpack(item, "n")
            # A fold writes each count into its own bucket, so in another one it would stay.
            totals.update({key: n for key, n in counts.items() if _bucket_of(key) == bucket})
        return totals

    def _rows(self, prefix: str, limit: int | None = None) -> list[Item]:
        request = {"Limit": limit} if limit else {}
        rows = query_view(self._calls, self._index, COUNTERS_VIEW, prefix=prefix, request=request)
        return list(islice(rows, limit))


def facets_in(snapshot: Snapshot) -> Facets:
    """Return the counts as Facets, with spellings merged and without zeros."""
    by_kind: dict[str, dict[str, int]] = defaultdict(dict)
    for facet, count in snapshot.counts.items():
        kind, _, value = facet.partition(":")
        if count > 0:
            by_kind[kind][value] = count
    by_facet = {name: by_kind[kind] for name, kind in KINDS.items()}
    stamp = (snapshot.ver.number, snapshot.deltas)
    return facets_from(by_kind["*"].get("", 0), by_facet, stamp, by_kind[LEAVING])


def _count_by_token(counts: Mapping[str, int]) -> dict[tuple[str, str], int]:
    count_of: Counter[tuple[str, str]] = Counter()
    for facet, count in counts.items():
        kind, _, value = facet.partition(":")
        count_of[kind, facet_token(value) if kind in _BUCKETS else value] += count
    return count_of


def _bucket_of(facet: str) -> str:
    kind = facet[:1]
    return f"{_TOTAL_PREFIX}{kind}#{zlib.crc32(facet.encode()) % _BUCKETS.get(kind, 1)}"


def _next_version(ver: FoldVersion) -> FoldVersion:
    return FoldVersion(ver.number + 1, {"N": str(ver.number + 1)})


def _pack(counts: Mapping[str, int]) -> dict[str, str]:
    return {"S": json.dumps(counts, ensure_ascii=False, separators=(",", ":"))}


def _unpack(item: Item, name: str) -> dict[str, int]:
    """Return the counts in an attribute; none if it cannot be read, until a reindex corrects it."""
    counts = strict_json.parse_object(string_of(item, name))
    return {
        facet: count
        for facet, count in counts.items()
        if type(count) is int and abs(count) <= _MAX_COUNT and _is_facet(facet)
    }


def _is_facet(facet: str) -> bool:
    """Return whether it names a count, perhaps one that only a newer release knows."""
    kind = facet[:1]
    return facet == "*" or (
        facet[1:2] == ":" and "a" <= kind <= "z" and len(facet) <= _MAX_FACET_CHARACTERS
    )
