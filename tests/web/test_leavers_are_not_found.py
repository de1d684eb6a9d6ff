"""Who has left is found by no colleague by any road: every answer is as if they had never been.

Two directories are asked the same: in one somebody has left, in the other they never were.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.access.viewer import VISITOR, Role, Viewer
from app.contracts import Query
from app.directory.fuzzy import Cost, search
from app.directory.service import Directory
from app.model.employee import Employee
from app.model.errors import EmployeeNotFound
from app.model.revision import revision_of
from tests.support.days import COMING_DAY, PAST_DAY, set_today
from tests.support.routes import ROUTES
from tests.support.small_app import small_app, stores_of
from tests.support.small_directory import AMARA
from tests.support.stores.bindings import BINDINGS
from tests.support.viewers import OPERATOR, request_as, viewer
from tests.web.test_who_may_what import address_of

GONE = replace(
    AMARA, job_title="Cartographer", department="Atlases", employee_number="E-4711",
    start_date="2019-02-04", mobile="+254 711 555 0388", badges=("umbrella",), location="Nakuru",
)  # fmt: skip
OTHERS = (
    Employee(id="bo", full_name="Bo King", job_title="Clerk", location="Nairobi", badges=("bug",),
             email="bo@example.com", start_date="2020-03-01"),
    Employee(id="ama", full_name="Amy Adams", preferred_name="Amara", location="Lagos"),
    Employee(id="cy", full_name="Cy Cole", job_title="Cartographer", location="Nairobi"),
)  # fmt: skip
# What nobody else has, as pages and files may write it.
TELLING = ("Adeyemi", "Lindqvist", "amara@example", "555 0127", "5550127", "555 0388", "4711",
           "Atlases", "Nakuru", "2019-02", "February 2019", "queues")  # fmt: skip
WORDS = ("amara", "adeyemi", "adeyemy", "lindkvist", "amarra adeyemi", "amara@example.com", "0127",
         "254 20 555 0127", "E-4711", "4711", "queues", "atlases", "atlasses", "nakuru", "umbrella",
         "seattle", "cartographer", "lindqvist amara", "bo lindqvist", "amy lindkvist")  # fmt: skip
FILTERS = ("letter=a", "location=Nakuru", "department=Atlases", "job_title=Cartographer",
           "badge=umbrella", "joined=2019-02")  # fmt: skip
COLLEAGUE, EDITOR = viewer(Role.COLLEAGUE), viewer(Role.EDITOR)
HERSELF = viewer(Role.COLLEAGUE, person_id="amara")
CURSOR = re.compile(r"(after|before|cursor)=[^\"&]*")
ENDINGS = ("csv", "xlsx", "jsonl", "vcf")


def addresses() -> Iterator[str]:
    conditions = [*(f"q={quote(word)}" for word in WORDS), *FILTERS]
    for some in conditions:
        yield from (f"/?{some}", f"/?{some}&view=table&sort=name&dir=desc", f"/export.csv?{some}")
        yield f"/export.vcf?{some}"
    for sort in ("name", "email", "phone", "job_title"):
        yield from (f"/?view=table&sort={sort}", f"/export.jsonl?sort={sort}")
    for name in ("location", "department", "job_title", "badge"):
        yield from (f"/menu/{name}", f"/menu/{name}?q=a")
    yield from (*(f"/export.{ending}" for ending in ENDINGS), "/", "/insights", "/?view=table")
    yield from ("/employee/amara", "/vcard/amara", "/vcard?id=amara", "/employee?id=amara")
    yield from (f"/export.{ending}?q=amara" for ending in ENDINGS)


def declared() -> Iterator[str]:
    """Every other address that answers a GET."""
    for rule, route in ROUTES.items():
        if "GET" in route.methods and not rule.startswith(("/sign-in/with", "/setup", "/invite")):
            yield address_of(rule)


def text_of(client: FlaskClient, address: str) -> tuple[int, str]:
    """The status and text of an answer, of a workbook what is in its sheet."""
    answer = client.get(address, buffered=True)
    if address.startswith("/export.xlsx") and answer.status_code == 200:
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            sheets = [name for name in book.namelist() if "sheet" in name or "Strings" in name]
            return 200, "".join(book.read(name).decode() for name in sheets)
    return answer.status_code, CURSOR.sub("", answer.data.decode().replace("\r\n ", ""))


def directory_of(app: Flask) -> Directory:
    found: Directory = app.extensions["directory"]
    return found


def change(app: Flask, **fields: str) -> Employee:
    directory = directory_of(app)
    stored = directory.employees.get("amara")
    wanted = replace(stored, **fields)  # type: ignore[arg-type]
    return directory.update(OPERATOR, wanted, revision_of(stored), f"change-{stored.version}")


@pytest.fixture(autouse=True)
def time_for_similar_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine searches as far as one at leisure."""
    monkeypatch.setattr(search, "MIN_BUDGET", Cost(math.inf, math.inf))


@pytest.fixture(
    params=[
        pytest.param(each, id=each.name, marks=each.marks)
        for each in BINDINGS
        if each.name in ("sqlite", "moto", "dynamodb-local")
    ]
)
def apps(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Flask, Flask]]:
    """A directory whom Amara will leave, and one where she never was."""
    rooms, made = [], []
    for name in ("left", "never"):
        folder = tmp_path / name
        folder.mkdir()
        rooms.append(request.param.open(request, folder))
        made.append(small_app(folder, stores_of(rooms[-1].store, None), STRESS="off"))
        # With no time of their own, so that both directories have the same.
        others = (replace(each, version=1) for each in OTHERS)
        list(directory_of(made[-1]).add_many(OPERATOR, others, keep_versions=True))
    directory_of(made[0]).add(OPERATOR, GONE, "gone")
    yield made[0], made[1]
    for room in reversed(rooms):
        room.close()


def warm(app: Flask) -> None:
    """Have the caches of pages, menus and words filled while she works here."""
    request_as(app, COLLEAGUE)
    client = app.test_client()
    for address in ("/", "/?q=amara", "/?view=table&sort=name", "/insights", "/menu/location"):
        client.get(address)
    assert "Lindqvist" in text_of(client, "/?q=lindkvist")[1]


def differences(apps: tuple[Flask, Flask], who: Viewer, asked: Iterable[str]) -> list[str]:
    """The addresses that are answered otherwise where somebody has left, or tell of them."""
    for app in apps:
        request_as(app, who)
    clients = [app.test_client() for app in apps]
    found = []
    for address in asked:
        answer = text_of(clients[0], address)
        if answer != text_of(clients[1], address) or tells(address, answer[1]):
            found.append(address)
    return found


def tells(address: str, text: str) -> bool:
    """Whether an answer has something of her that was not asked for, which a page repeats."""
    asked = f"{unquote(address)} {'February 2019' if 'joined' in address else ''}".lower()
    return any(some in text.lower() and some not in asked for some in map(str.lower, TELLING))


@pytest.mark.parametrize("who", [VISITOR, COLLEAGUE, HERSELF], ids=["visitor", "colleague", "self"])
def test_every_answer_is_as_if_they_had_never_been(apps: tuple[Flask, Flask], who: Viewer) -> None:
    warm(apps[0])
    change(apps[0], left_on=PAST_DAY)
    assert differences(apps, who, addresses()) == []
    request_as(apps[0], who)
    client = apps[0].test_client()
    for address in declared():
        assert not tells(address, text_of(client, address)[1]), address


def test_every_answer_is_so_from_the_first_request_of_the_day_after(
    apps: tuple[Flask, Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    change(apps[0], left_on=COMING_DAY)
    warm(apps[0])
    assert directory_of(apps[0]).get(COLLEAGUE, "amara").full_name == GONE.full_name
    set_today(monkeypatch, COMING_DAY)
    directory_of(apps[0])._counts.expire()  # as after three seconds
    assert differences(apps, COLLEAGUE, ["/", *addresses()]) == []


def test_editors_find_them_among_leavers_and_by_their_page_alone(
    apps: tuple[Flask, Flask],
) -> None:
    app, never = apps
    change(app, left_on=PAST_DAY)
    directory = directory_of(app)
    assert directory.get(EDITOR, "amara").full_name == GONE.full_name
    assert [card.id for card in directory.browse(EDITOR, Query(left=True)).cards] == ["amara"]
    assert [card.id for card in directory.search(EDITOR, Query("lindqvist", left=True))[0].cards]
    assert list(directory.get_many(EDITOR, ["amara", "bo"], left=True)) == ["amara"]
    assert list(directory.get_many(EDITOR, ["amara", "bo"])) == ["bo"]
    elsewhere = (each for each in addresses() if "amara" not in each or "q=" in each)
    assert differences((app, never), EDITOR, elsewhere) == []


def test_no_colleague_may_ask_for_leavers(apps: tuple[Flask, Flask]) -> None:
    from app.model.errors import NotAllowed

    directory = directory_of(apps[0])
    change(apps[0], left_on=PAST_DAY)
    for who in (VISITOR, COLLEAGUE, HERSELF):
        with pytest.raises(NotAllowed):
            directory.browse(who, Query(left=True))
        with pytest.raises(NotAllowed):
            directory.get_many(who, ["amara"], left=True)
        with pytest.raises(NotAllowed):
            directory.count_matches(who, Query(left=True))
        with pytest.raises(EmployeeNotFound):
            directory.get(who, "amara")
    with pytest.raises(EmployeeNotFound):
        directory.update(HERSELF, GONE, "", "by herself")


def test_who_is_restored_is_found_again(apps: tuple[Flask, Flask]) -> None:
    app, _ = apps
    change(app, left_on=PAST_DAY)
    change(app, left_on="")
    warm(app)
    assert directory_of(app).get(COLLEAGUE, "amara").full_name == GONE.full_name
