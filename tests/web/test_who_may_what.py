"""Every address, asked by every kind of viewer, in every mode: who is refused, and how."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.access.modes import Mode
from app.access.viewer import Role
from app.web.http.route_rights import (
    BLUEPRINT_RIGHTS,
    OF_ACCOUNTS,
    PUBLIC,
    PUBLIC_BLUEPRINTS,
    RIGHTS,
)
from tests.support import routes
from tests.support.repository import ROOT
from tests.support.routes import OWNER, PROBES, ROUTES, SIGNED_IN, Route
from tests.support.small_app import small_app
from tests.support.viewers import request_as, viewer

# What a rule's variables may be; everything else in angle brackets is one of a choice.
VALUES = {
    "<id:employee_id>": "amara",
    "<path:key>": "employee_pic/none.jpg",
    "<digest>": "x",
    "<name>": "y",
    "<moment>": "2026-11-29T22:41:06.123Z-1f3a",
    "<key>": "okta",
    "<seconds>": "1",
    "<account_id>": "0123456789abcdef",
    "<job_id>": "20260101-000000-00000000",
    "<code>": "x" * 43,
    "<any(csv, xlsx, jsonl, vcf):ending>": "csv",
    "<any(csv, xlsx):ending>": "csv",
    "<any(location, department, job_title, badge):name>": "location",
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return small_app(tmp_path_factory.mktemp("who"), STRESS="off")


def address_of(rule: str) -> str:
    for variable, value in VALUES.items():
        rule = rule.replace(variable, value)
    assert "<" not in rule, rule
    return rule


def is_refused(client: FlaskClient, method: str, rule: str) -> bool:
    answer = client.open(address_of(rule), method=method, buffered=True)
    to_the_door = answer.status_code == 303 and answer.location.startswith("/sign-in")
    assert answer.status_code < 500, (method, rule, answer.status_code)
    return to_the_door or answer.status_code in (401, 403)


def is_expected(
    route: Route, role: Role, *, is_own: bool = False, has_account: bool = True
) -> bool:
    if route.who in (PROBES, routes.PUBLIC):
        return True
    if route.who == SIGNED_IN:
        return has_account
    if route.who == OWNER:
        return role.includes(Role.EDITOR) or is_own
    return role.includes(Role(route.who))


@pytest.mark.parametrize("role", list(Role))
def test_each_role_uses_what_it_may_and_nothing_else(app: Flask, role: Role) -> None:
    request_as(app, viewer(role))
    client = app.test_client()
    for rule, route in ROUTES.items():
        for method in route.methods.split():
            refused = is_refused(client, method, rule)
            assert refused is not is_expected(route, role), (role, method, rule)


def test_a_colleague_uses_the_pages_of_their_own_record(app: Flask) -> None:
    request_as(app, viewer(Role.COLLEAGUE, person_id="amara"))
    client = app.test_client()
    for rule, route in ROUTES.items():
        for method in route.methods.split():
            own = "employee_id" in rule
            refused = is_refused(client, method, rule)
            assert refused is not is_expected(route, Role.COLLEAGUE, is_own=own), (method, rule)


@pytest.mark.parametrize("mode", list(Mode))
def test_without_a_sign_in_the_mode_decides(tmp_path: Path, mode: Mode) -> None:
    client = small_app(tmp_path, ACCESS=mode, STRESS="off").test_client()
    role = {Mode.OPEN: Role.ADMIN, Mode.READ_ONLY: Role.VISITOR, Mode.SIGN_IN: Role.NOBODY}[mode]
    for rule, route in ROUTES.items():
        for method in route.methods.split():
            refused = is_refused(client, method, rule)
            expected = is_expected(route, role, has_account=False)
            assert refused is not expected, (mode, method, rule)


def test_every_endpoint_declares_the_right_that_it_needs(tmp_path: Path) -> None:
    with_all = small_app(tmp_path, METRICS_FROM="10.0.0.0/8")
    endpoints = {rule.endpoint for rule in with_all.url_map.iter_rules()}
    undeclared = {
        each
        for each in endpoints - PUBLIC - RIGHTS.keys()
        if each.rpartition(".")[0] not in BLUEPRINT_RIGHTS.keys() | PUBLIC_BLUEPRINTS | OF_ACCOUNTS
    }
    assert undeclared == set()
    assert PUBLIC | RIGHTS.keys() <= endpoints


def test_an_endpoint_that_declares_nothing_is_for_administrators(tmp_path: Path) -> None:
    app = small_app(tmp_path)
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    for role in Role:
        request_as(app, viewer(role))
        answer = app.test_client().get("/forgotten")
        assert (answer.status_code == 200) is (role is Role.ADMIN)
        assert (b"secret" in answer.data) is (role is Role.ADMIN)


def test_pages_reach_records_through_the_directory_alone() -> None:
    for path in (ROOT / "app" / "web").rglob("*.py"):
        assert not re.search(r"\.employees\b", path.read_text()), path
