"""The list of those who joined in a month: its address, chip, count and links."""

from __future__ import annotations

import pytest

from app.history.changes import Write
from app.model.employee import Employee
from tests.support.small_directory import AMARA, SmallDirectory, small

__all__ = ["small"]


@pytest.fixture
def staff(small: SmallDirectory) -> SmallDirectory:
    """Thirty people who joined in March 2026, one in April, one on no day that is known."""
    for number in range(30):
        small.store.add(
            Employee(
                id=f"m{number:02}",
                full_name=f"{'AB'[number % 2]}nna Number{number:02}",
                location=("Kyoto", "Lagos")[number % 2],
                start_date=f"2026-03-{number + 1:02}",
            ),
            Write(str(number)),
        )
    small.store.add(Employee(id="a", full_name="Zoe April", start_date="2026-04-01"), Write("a"))
    small.store.add(Employee(id="b", full_name="Zoe Never", start_date="in spring"), Write("b"))
    return small


def count_of(page: object) -> str:
    return "".join(page.by_id("count").itertext())  # type: ignore[attr-defined]


def test_a_month_lists_who_joined_in_it_and_says_so(staff: SmallDirectory) -> None:
    page = staff.get("/?joined=2026-04")
    assert page.names() == ["Zoe April"]
    assert page.links()["Remove filter Start date: April 2026"] == "/"
    assert count_of(staff.get("/?joined=2026-03")) == "30 people match"


def test_a_month_stays_in_search_menus_tabs_views_and_pages(staff: SmallDirectory) -> None:
    page = staff.get("/?q=number&joined=2026-03")
    links = page.links()
    assert links["Kyoto15 people"] == "/?q=number&location=Kyoto&joined=2026-03"
    assert links["B"] == "/?q=number&letter=b&joined=2026-03"
    assert links["Table"] == "/?q=number&joined=2026-03&view=table"
    hidden = {field.get("name"): field.get("value") for field in page.all("input", type="hidden")}
    assert hidden == {"joined": "2026-03"}
    following = staff.get(links["Next"])
    assert "joined=2026-03" in links["Next"]
    assert len(page.names() + following.names()) == 30
    assert count_of(staff.get(staff.get("/?joined=2026-03").links()["Next"])).startswith("30 ")


@pytest.mark.parametrize(
    "odd", ["2026", "2026-3", "2026-13", "2026-00", "2026-03-14", "٢٠٢٦-٠٣", "x", "-01"]
)
def test_in_what_is_no_month_no_one_joined_and_it_can_be_taken_off(
    staff: SmallDirectory, odd: str
) -> None:
    page = staff.get(f"/?joined={odd}")
    assert count_of(page) == "No one matches"
    assert page.links()[f"Remove filter Start date: “{odd}”"] == "/"
    with staff.reader.client.get(f"/export.csv?joined={odd}") as answer:
        assert len(answer.data.splitlines()) == 1, "a mistyped address gives nobody away"


def test_a_month_in_which_no_one_joined_can_be_taken_off(staff: SmallDirectory) -> None:
    page = staff.get("/?joined=1999-12")
    assert "No one matches" in page.text
    assert page.links()["Remove filter Start date: December 1999"] == "/"


def test_a_start_date_leads_to_who_joined_in_the_same_month(staff: SmallDirectory) -> None:
    staff.put(AMARA)
    assert staff.get("/employee/amara").links()["4 February 2019"] == "/?joined=2019-02"
    staff.store.change_outside("amara", "start_date", "20190204")
    assert "4 February 2019" not in staff.get("/employee/amara").links()
