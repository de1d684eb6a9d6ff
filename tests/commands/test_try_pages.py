"""``flask try-pages`` finds a page that fails, whoever may see it, and changes nothing."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader

from app.contracts import Query
from app.history.changes import Write
from app.model.errors import StorageUnavailable
from app.runtime import background
from app.web.current import current_directory
from tests.support.small_app import small_app
from tests.support.small_directory import AMARA
from tests.support.viewers import OPERATOR

BALANCER = "arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/app/a/0123456789abcdef"
WAYS: dict[str, dict[str, str]] = {
    "open": {},
    "read-only": {"ACCESS": "read-only"},
    "sign-in": {"ACCESS": "sign-in"},
    "by a header": {
        "ACCESS": "sign-in",
        "SIGN_IN_HEADER": "X-Remote-User",
        "SIGN_IN_HEADER_FROM": "10.0.0.9",
        "TRUSTED_PROXIES": "1",
    },
    "by the balancer": {
        "ACCESS": "sign-in",
        "ALB_SIGN_IN": BALANCER,
        "OIDC_ISSUER": "https://login.corp.example",
        "OIDC_CLIENT_ID": "directory",
        "TRUSTED_PROXIES": "1",
    },
}


@pytest.fixture(params=WAYS)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Flask:
    made = small_app(tmp_path, **WAYS[request.param])
    with made.app_context():
        current_directory().employees.add(AMARA, Write("form"))
    return made


@pytest.fixture(autouse=True)
def idle(monkeypatch: pytest.MonkeyPatch) -> Event:
    """What the command sets in its process, which here is that of the tests."""
    event = Event()
    monkeypatch.setattr(background, "_idle", event)
    return event


def try_pages(app: Flask) -> tuple[int, list[str]]:
    result = app.test_cli_runner().invoke(args=["try-pages"])
    return result.exit_code, result.stdout.splitlines()


def break_template(app: Flask, name: str) -> None:
    assert app.jinja_loader is not None
    broken = DictLoader({name: "{{ nobody.knows.this }}"})
    app.jinja_env.loader = ChoiceLoader([broken, app.jinja_loader])
    app.jinja_env.cache = None


def test_it_says_nothing_of_pages_that_hold(app: Flask, idle: Event) -> None:
    assert try_pages(app) == (0, [])
    assert idle.is_set()
    with app.app_context():
        [card] = current_directory().browse(OPERATOR, Query()).cards
    assert card.full_name == AMARA.full_name


@pytest.mark.parametrize(
    ("template", "pages"),
    [("form.html", ["/add", "/edit/amara"]), ("404.html", ["/no-such-page"])],
)
def test_it_finds_a_page_that_no_visitor_sees(app: Flask, template: str, pages: list[str]) -> None:
    break_template(app, template)
    status, lines = try_pages(app)
    assert status == 1
    assert {f"{page} 500" for page in pages} <= set(lines)
    assert "/ 500" not in lines


def test_it_finds_that_the_list_fails_where_there_is_nobody_yet(tmp_path: Path) -> None:
    app = small_app(tmp_path)
    break_template(app, "list.html")
    status, lines = try_pages(app)
    assert (status, lines) == (1, ["/?q=a 500"])


def test_a_store_that_does_not_answer_is_no_failure_of_pages(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object, **__: object) -> None:
        raise StorageUnavailable("the database", "browse", "", "it is away")

    monkeypatch.setattr(app.extensions["directory"].employees.__class__, "browse", silent)
    status, lines = try_pages(app)
    assert status == 0
    assert "/ 503" in lines
