"""Batches that are limited by size and by number."""

import pytest

from app.runtime import batches


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([], []),
        (["aaa", "bb"], [["aaa", "bb"]]),
        (["aaa", "bbb"], [["aaa"], ["bbb"]]),
        (["a"] * 4, [["a"] * 3, ["a"]]),
        (["a", "too large", "b"], [["a"], ["too large"], ["b"]]),
    ],
)
def test_a_batch_has_as_much_as_both_limits_allow(
    items: list[str], expected: list[list[str]]
) -> None:
    assert list(batches.by_size(items, len, max_size=5, max_items=3)) == expected
