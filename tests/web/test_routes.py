"""The list of routes is whole, the documents tell of each, and no GET changes anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.contracts import Query
from app.history.changes import Write
from app.model.employee import Employee
from app.web.current import current_directory
from tests.support.repository import ROOT
from tests.support.routes import OPTIONAL_ROUTES, ROUTES, Route
from tests.support.small_app import small_app

ADMINISTRATION = (ROOT / "docs" / "administration.md").read_text()


@pytest.mark.parametrize(
    ("env", "routes"),
    [({}, ROUTES), ({"METRICS_FROM": "10.0.0.0/8"}, ROUTES | OPTIONAL_ROUTES)],
    ids=["as it is", "with all that can be set"],
)
def test_every_route_is_declared_with_its_methods_and_who_may_use_it(
    tmp_path: Path, env: dict[str, str], routes: dict[str, Route]
) -> None:
    found: dict[str, set[str]] = {}
    for rule in small_app(tmp_path, **env).url_map.iter_rules():
        found.setdefault(rule.rule, set()).update(rule.methods or ())
    assert found == {
        rule: set(route.methods.split())
        | {"OPTIONS"}
        | ({"HEAD"} if "GET" in route.methods else set())
        for rule, route in routes.items()
    }
    assert all(route.who and route.changes for route in routes.values())


def test_the_documents_tell_of_every_address() -> None:
    for rule in ROUTES | OPTIONAL_ROUTES:
        first = rule.split("/")[1].split("<")[0]
        if first not in ("static", "favicon.ico"):
            assert f"`/{first}" in ADMINISTRATION, rule


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_asking_leaves_every_employee_photo_and_setting_as_it_was(
    tmp_path: Path, method: str
) -> None:
    app = small_app(tmp_path)
    with app.app_context():
        store = current_directory().employees
        amara = store.add(Employee(id="a1", full_name="Amara", location="Lagos"), Write("form-1"))
        before = (store.get("a1"), store.browse(Query()), store.facets(), _photos(tmp_path))
        client = app.test_client()
        for rule in ROUTES:
            address = rule.replace("<id:employee_id>", amara.id).replace(
                "<path:key>", "employee_pic/none.jpg"
            )
            answer = client.open(
                address.replace("<digest>", "x").replace("<name>", "y"), method=method
            )
            assert answer.status_code < 500, (address, answer.status_code)
        after = (store.get("a1"), store.browse(Query()), store.facets(), _photos(tmp_path))
    assert after == before


def _photos(folder: Path) -> list[Path]:
    return sorted((folder / "photos").rglob("*"))
