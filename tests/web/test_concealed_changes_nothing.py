"""Where somebody conceals a value, every answer is the one that it would be if there were none.

Two directories are asked the same: one has values that the viewer may not see, the other has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from app.access.viewer import Role
from app.access.visibility import RESTRICTABLE, Audience, Visibility
from app.model.employee import BADGES, Employee
from app.model.fields import HIDEABLE
from tests.support.small_app import small_app
from tests.support.viewers import OPERATOR, request_as, viewer

VALUES: dict[str, Any] = {
    "pronouns": "xe/xem", "time_zone": "Asia/Tokyo", "email": "zorblax.qwint@secret.example",
    "phone": "+49 171 5550199", "mobile": "+49 160 7778881", "start_date": "1987-05-17",
    "employee_number": "ZQ9917", "badges": (BADGES[0].key,), "about": "Klaxomat enthusiast wumpus",
    "photo_key": "employee_pic/ab.jpg",
}  # fmt: skip
NAMES = ("Ana Miller", "Bob Quint", "Zorba Wumpel", "Klara Tokyo", "Ines Berg")
WORDS = (
    "zorblax", "zorblaks", "qwint", "quint", "qwynt", "secret", "5550199", "0171 5550199", "0160",
    "ZQ9917", "zq99", "klaxomat", "claxomat", "wumpus", "wumpel", "tokyo", "xem", "1987",
    BADGES[0].label, "ana zorblax", "bob klaxomat", "berlin 171", "nurse zq9917",
)  # fmt: skip
CURSOR = re.compile(rb"(after|before|cursor)=[^\"&]*")
EVERYBODY = dict.fromkeys(RESTRICTABLE, Audience.EVERYBODY)


def people(concealed: tuple[str, ...], *, has_values: bool, hide: bool) -> Iterator[Employee]:
    """Thirty people, of whom some have the values; where they are not to be seen, or are not."""
    for number in range(30):
        has_some = number % 7 == 3
        values = {
            name: value
            for name, value in VALUES.items()
            if has_some and (has_values or name not in concealed)
        }
        yield replace(
            Employee(
                id=f"p{number:02}", version=1, full_name=f"{NAMES[number % 5]} {number}",
                job_title=("Engineer", "Nurse")[number % 2],
                location=("Berlin", "Oslo")[number % 2],
            ),
            **values,
            hidden=concealed if has_some and has_values and hide else (),
        )  # fmt: skip


def directory(folder: Path, concealed: tuple[str, ...], *, has_values: bool, hide: bool) -> Flask:
    folder.mkdir()
    app = small_app(folder, None, PHONE_REGION="DE")
    made = app.extensions["directory"]
    listed = people(concealed, has_values=has_values, hide=hide)
    list(made.add_many(OPERATOR, listed, keep_versions=True))
    restricted = {} if hide else dict.fromkeys(concealed, Audience.EDITORS)
    made.visibility = lambda: Visibility({**EVERYBODY, **restricted})
    return app


def addresses() -> Iterator[str]:
    for word in map(quote, WORDS):
        yield from (f"/?q={word}", f"/?q={word}&view=table&sort=phone", f"/export.csv?q={word}")
    for name in ("name", "phone", "email", "badges"):
        yield from (f"/?view=table&sort={name}", f"/export.csv?sort={name}&dir=desc")
    for some in ("joined=1987-05", f"badge={BADGES[0].key}"):
        yield from (f"/?{some}", f"/?{some}&q=ana", f"/?{some}&location=Berlin")
        yield from (f"/export.jsonl?{some}", f"/menu/badge?{some}", f"/menu/location?{some}")
    yield from ("/", "/?letter=z", "/insights", "/menu/badge", "/menu/job_title?q=zorblax")
    yield from ("/export.csv", "/export.jsonl", "/export.vcf", "/employee/p03", "/vcard/p03")
    yield from ("/employee/p03?as=colleague", f"/photos/{VALUES['photo_key']}")


@pytest.mark.parametrize("role", [Role.VISITOR, Role.COLLEAGUE])
@pytest.mark.parametrize(
    ("concealed", "hide"), [(HIDEABLE, True), (tuple(VALUES), False)], ids=["hidden", "restricted"]
)
def test_every_answer_is_as_if_there_were_no_value(
    tmp_path: Path, role: Role, concealed: tuple[str, ...], hide: bool
) -> None:
    clients = []
    for has_values in (True, False):
        folder = tmp_path / str(has_values)
        app = directory(folder, concealed, has_values=has_values, hide=hide)
        request_as(app, viewer(role))
        clients.append(app.test_client())
    for address in addresses():
        with_values, without = (client.get(address, buffered=True) for client in clients)
        assert with_values.status_code == without.status_code, address
        assert CURSOR.sub(b"", with_values.data) == CURSOR.sub(b"", without.data), address


def test_an_editor_is_answered_otherwise(tmp_path: Path) -> None:
    answers = []
    for has_values in (True, False):
        folder = tmp_path / str(has_values)
        app = directory(folder, HIDEABLE, has_values=has_values, hide=True)
        request_as(app, viewer(Role.EDITOR))
        client = app.test_client()
        answers.append([client.get(each, buffered=True).data for each in addresses()])
    assert sum(one != other for one, other in zip(*answers, strict=True)) > 10
