"""Two machines with one store: who claims, signs in or is disabled at one is so at the other."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from app.access.viewer import Role
from app.storage.sql import SqlStore
from tests.support.front_door import EMAIL, PASSWORD, SETUP_LINK, FrontDoor
from tests.support.page_reader import PageReader
from tests.support.signed_in import store_of
from tests.support.stores.bindings import BINDINGS
from tests.support.stores.dynamodb_binding import DynamoRoom
from tests.support.stores.sql_binding import SqlRoom

_SHARED = [
    pytest.param(binding, id=binding.name, marks=binding.marks)
    for binding in BINDINGS
    if binding.name in ("mariadb", "postgresql", "dynamodb-local")
]

TYPED = {"full_name": "Eve Side", "job_title": "Thief", "location": "Rome"}


@pytest.fixture(params=_SHARED)
def doors(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[FrontDoor]]:
    """Two machines of a directory that nobody has claimed."""
    room: DynamoRoom | SqlRoom = request.param.open(request, tmp_path)
    if isinstance(room, DynamoRoom):
        settings = room.settings
        env = {"DYNAMO_MODE": "on", "DYNAMO_TABLE": settings.dynamo_table}
        env["AWS_DEFAULT_REGION"] = settings.region
    else:
        env = {"DATABASE_URL": room.url}
    opened = [FrontDoor(tmp_path / name, **env) for name in ("a", "b")]
    yield opened
    for door in opened:
        if isinstance(store := door.app.extensions["directory"].employees, SqlStore):
            store.close()
    room.close()


def move(browser: PageReader, door: FrontDoor) -> PageReader:
    """The same browser, whose next request comes to another machine."""
    moved = door.browser()
    for cookie in ("directory_who", "session"):
        found = browser.client.get_cookie(cookie)
        if found is not None:
            moved.client.set_cookie(cookie, found.value)
    return moved


def test_of_two_claims_at_two_machines_one_is_made(doors: list[FrontDoor]) -> None:
    browsers = [door.browser() for door in doors]
    forms = [browser.get(SETUP_LINK).fields() for browser in browsers]

    def claim(number: int) -> int:
        typed = {"name": f"N {number}", "email": f"n{number}@example.com", "password": PASSWORD}
        return browsers[number].send(SETUP_LINK, {**forms[number], **typed}).status_code

    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(claim, range(2)))
    assert sorted(statuses) == [303, 410]
    winner = statuses.index(303)
    assert [each.name for each in store_of(doors[0].app).list_accounts().accounts] == [
        f"N {winner}"
    ]
    assert doors[1 - winner].is_signed_in(move(browsers[winner], doors[1 - winner]))


def test_a_sign_out_at_one_machine_is_one_at_the_other(doors: list[FrontDoor]) -> None:
    here, there = doors
    browser = here.owner()
    copied = move(browser, there)
    form = copied.get("/add").fields()
    browser.post("/sign-out", browser.get("/sign-out").fields("/sign-out"), 303)
    assert copied.send("/add", {**form, **TYPED}).status_code == 403
    assert there.app.extensions["directory"].employees.facets().total == 0
    assert not there.is_signed_in(copied)
    again = there.browser()
    there.sign_in(again)
    assert here.is_signed_in(move(again, here))


def test_who_is_disabled_at_one_machine_changes_nothing_at_the_other(
    doors: list[FrontDoor],
) -> None:
    here, there = doors
    browser = move(here.owner(), there)
    form = browser.get("/add").fields()
    store = store_of(here.app)
    ana = store.find_login(EMAIL)
    assert ana
    store.update(replace(ana, role=Role.COLLEAGUE), may_leave_no_admin=True)
    assert browser.send("/add", {**form, **TYPED}).status_code == 403
    ana = store.find_login(EMAIL)
    assert ana
    store.update(replace(ana, is_disabled=True))
    assert browser.send("/add", {**form, **TYPED}).status_code in (303, 403)
    assert not there.is_signed_in(browser)
    assert there.app.extensions["directory"].employees.facets().total == 0
