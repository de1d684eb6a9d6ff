"""A limit lets a burst through, then so many a minute, in bounded memory."""

from __future__ import annotations

import pytest

from app.accounts.limits import RateLimit, address_key


def test_a_burst_then_one_at_a_time() -> None:
    now = [0.0]
    limit = RateLimit(60, 3, lambda: now[0])
    assert [limit.take("a") for _ in range(3)] == [0, 0, 0]
    assert limit.take("a") == pytest.approx(1)
    assert limit.take("b") == 0
    now[0] = 0.5
    assert limit.take("a") == pytest.approx(0.5)
    now[0] = 1.0
    assert limit.take("a") == 0
    assert limit.take("a") > 0
    now[0] = 3600
    assert [limit.take("a") for _ in range(3)] == [0, 0, 0]
    assert limit.take("a") > 0


def test_its_memory_is_bounded() -> None:
    limit = RateLimit(60, 3, lambda: 0.0, max_keys=100)
    for number in range(1_000):
        limit.take(str(number))
    assert len(limit._buckets) == 100


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (None, "unknown"),
        ("", "unknown"),
        ("not an address", "not an address"),
        ("x" * 8_000, "x" * 64),
    ],
)
def test_addresses_of_one_household_are_one(address: str | None, key: str) -> None:
    assert address_key(address) == key
