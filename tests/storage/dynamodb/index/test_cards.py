"""Counting the values of many cards at once: as card by card, and nothing of what is no card."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest

from app.contracts.queries import TEXT_FILTERS
from app.model.employee import Card, card_of
from app.samples.loading import sample_people
from app.storage.dynamodb.index.cards import count_values, pack_card, read_card

CARDS = [card_of(person) for person in sample_people(60)]
PACKED = [pack_card(card) for card in CARDS]
VALUES = json.loads(PACKED[0])


def counted(cards: list[Card]) -> dict[str, Counter[str]]:
    badges = Counter(badge for card in cards for badge in card.badges)
    return {
        "badge": badges,
        **{name: Counter(getattr(card, name) for card in cards) for name in TEXT_FILTERS},
    }


def test_values_are_counted_as_card_by_card() -> None:
    assert count_values(PACKED) == counted(CARDS)


def test_people_without_badges_and_with_foreign_photos_count() -> None:
    odd = [replace_card(badges=(), photo_key="elsewhere/ada.png"), replace_card(department="")]
    assert count_values(list(map(pack_card, odd))) == counted(odd)


def replace_card(**changes: object) -> Card:
    person = next(iter(sample_people(1)))
    return card_of(replace(person, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "packed",
    [
        "",
        "{}",
        "7",
        "nine char",
        '"nine char"',
        "[]",
        json.dumps(VALUES[:-1]),
        json.dumps([*VALUES, ""]),
        json.dumps(["", *VALUES[1:]]),
        json.dumps([*VALUES[:-2], "1", ""]),
        json.dumps([*VALUES[:-2], 1.5, ""]),
        json.dumps([*VALUES[:-1], None]),
        json.dumps([VALUES[0], 7, *VALUES[2:]]),
        json.dumps([VALUES[0], "x" * 5_000, *VALUES[2:]]),
        ",".join((PACKED[0], PACKED[1])),
    ],
)
def test_one_that_is_no_card_leaves_the_counting_to_the_slower_way(packed: str) -> None:
    assert read_card(packed) is None
    for cards in ([packed], [PACKED[0], packed], [packed, *PACKED]):
        assert count_values(cards) is None
