"""Values of stored records are read whatever they are."""

from datetime import UTC, datetime

import pytest
from hypothesis import given

from app.model.stored_values import (
    MAX_VERSION,
    stored_date,
    stored_text,
    stored_time,
    stored_version,
)
from tests.support.hostile_json import values
from tests.support.odd_items import ENDS_OF_THE_CALENDAR


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-30T04:00:00+02:00", datetime(2026, 11, 30, 2, tzinfo=UTC)),
        ("2026-11-30T04:00:00", datetime(2026, 11, 30, 4, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("0001-01-01T14:00:00+14:00", datetime(1, 1, 1, tzinfo=UTC)),
        (None, None),
        (b"2026-11-30", None),
    ],
)
def test_a_time_is_utc_or_none(text: object, moment: datetime | None) -> None:
    assert stored_time(text) == moment


@pytest.mark.parametrize("text", ENDS_OF_THE_CALENDAR)
def test_a_time_at_the_end_of_the_calendar_can_be_converted(text: str) -> None:
    moment = stored_time(text)
    if moment is not None:
        assert moment.astimezone(UTC).isoformat()
    assert len(stored_date(text)) in (0, 10)


@pytest.mark.parametrize(
    ("value", "version"),
    [("7", 7), (7, 7), (str(MAX_VERSION), MAX_VERSION), (MAX_VERSION + 1, 0), ("9" * 5_000, 0),
     ("²", 0), (True, 0), (-1, 0), (1.0, 0), (float("inf"), 0), (None, 0)],
)  # fmt: skip
def test_a_version_is_one_that_every_database_can_count_on_from(
    value: object, version: int
) -> None:
    assert stored_version(value) == version


def test_a_text_is_nfc_and_can_be_encoded() -> None:
    assert stored_text("Jose\u0301") == "José"
    assert stored_text(b"\xffa") == "\ufffda"
    assert stored_text("a\ud800b") == "ab"


@given(values)
def test_reading_never_fails(value: object) -> None:
    stored_text(value).encode()
    stored_version(value)
    stored_time(value)
