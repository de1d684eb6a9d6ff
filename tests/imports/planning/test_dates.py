"""Days are read as people and programs write them, and asked about where they are ambiguous."""

from __future__ import annotations

from datetime import date

import pytest

from app.imports.planning.dates import DayOrder, parse_date


def order_of(*dates: str) -> DayOrder:
    order = DayOrder()
    for text in dates:
        order.learn(text)
    return order


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2019-03-04T00:00:00Z", "2019-03-04"),
        ("2019-03-04T08:00:00.123+01:00", "2019-03-04"),
        ("2019-03-04T08:00:00+01:00[Europe/Oslo]", "2019-03-04"),
        ("2019-03-04 08:00 UTC", "2019-03-04"),
        ("Mon, 04 Mar 2019 08:00:00 +0100", "2019-03-04"),
        ("4 Mar 2019, 08:00", "2019-03-04"),
        ("Mon Mar 04 2019 00:00:00 GMT+0100 (CET)", "2019-03-04"),
        ("2019-03-04-08:00", "2019-03-04"),
        ("2019-03-04Z", "2019-03-04"),
        ("2019-03-04 00:00:00+01", "2019-03-04"),
        ("8/19/2021 1:25:31\u202fPM", "2021-08-19"),
        ("8/19/2021, 1:25 p.m.", "2021-08-19"),
        ("20190304000000.0Z", "2019-03-04"),
        ("20190304080000+0100", "2019-03-04"),
        ("2019年3月4日", "2019-03-04"),
        ("2019. 3. 4.", "2019-03-04"),
        ("２０１９-０３-０４", "2019-03-04"),
        ("04-MAR-19", "2019-03-04"),
        ("04/Mar/2019", "2019-03-04"),
        ("4 maart 2019", "2019-03-04"),
        ("4 março 2019", "2019-03-04"),
        ("4 marzo 2019", "2019-03-04"),
        ("4. mars 2019", "2019-03-04"),
        ("04.03.19", "2019-03-04"),
        ("1.2.24", "2024-02-01"),
        ("15/11/21", "2021-11-15"),
        ("11/15/21", "2021-11-15"),
        ("11-15-21", "2021-11-15"),
        ("4/4/19", "2019-04-04"),
        ("98/03/04", "1998-03-04"),
        ("19-3-4", "2019-03-04"),
        ("00-03-14", "2000-03-14"),
        ("3-15-99", "1999-03-15"),
        ("43528", "2019-03-04"),
        ("43528.354", "2019-03-04"),
        ("43528,5", "2019-03-04"),
    ],
)
def test_a_day_is_read_as_it_is_written(typed: str, day: str) -> None:
    assert parse_date(typed, DayOrder()) == (day, "")


def test_a_year_of_two_digits_is_at_most_the_next_one() -> None:
    year = date.today().year + 1
    assert parse_date(f"14-Mar-{year % 100:02}", DayOrder())[0] == f"{year}-03-14"
    assert parse_date(f"14-Mar-{(year + 1) % 100:02}", DayOrder())[0] == f"{year - 99}-03-14"


@pytest.mark.parametrize(
    ("others", "typed", "day"),
    [
        (["11/15/21"], "3/4/19", "2019-03-04"),
        (["15/11/21"], "3/4/19", "2019-04-03"),
        (["15/11/2021"], "3/4/19", "2019-04-03"),
        (["15-11-98"], "05-04-21", "2021-04-05"),
        (["11-15-21"], "03-04-19", "2019-03-04"),
        (["98-03-04"], "19-03-04", "2019-03-04"),
        (["00/12/31"], "19/03/04", "2019-03-04"),
        (["98-03-04", "15-11-1998"], "19-03-04", "2019-03-04"),
        (["98-03-04"], "3-15-99", "1999-03-15"),
    ],
)
def test_the_other_days_of_a_file_show_what_is_meant(
    others: list[str], typed: str, day: str
) -> None:
    assert parse_date(typed, order_of(*others, typed)) == (day, "")


@pytest.mark.parametrize(
    ("others", "typed", "words"),
    [
        ([], "3/4/19", "nothing in the file shows which. Enter the date like 2019-03-04"),
        (["15/11/21", "11/15/21"], "3/4/19", "the file has dates of both kinds"),
        ([], "19-03-04", "The year may come first or last, and nothing in the file shows which"),
        ([], "12345", "This number is no date. Format the column as dates in the spreadsheet"),
        ([], "99999", "This number is no date"),
        ([], "2019", "Enter the date as year-month-day"),
        ([], "31/31/19", "Enter a date that exists"),
        ([], "31.02.19", "Enter a date that exists"),
    ],
)
def test_a_day_that_may_be_two_is_asked_about(others: list[str], typed: str, words: str) -> None:
    day, problem = parse_date(typed, order_of(*others, typed))
    assert not day
    assert words in problem


def test_day_numbers_count_from_where_the_workbook_does() -> None:
    assert parse_date("42066", DayOrder(counts_from_1904=True)) == ("2019-03-04", "")
    assert parse_date("42066", DayOrder()) == ("2015-03-03", "")


def test_the_first_day_that_is_a_number_is_an_example() -> None:
    assert order_of("2019-03-04", "12345", "43528", "44515").day_number == "43528"
    assert order_of("2019-03-04", "12345").day_number == ""
