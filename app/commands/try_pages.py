"""Define ``flask try-pages``: ask this release for its pages, as an administrator would.

deploy/install/pages.sh asks it before a release takes over: where people have to sign in, a visitor
sees few pages.
"""

import time
from typing import Any

import click
from flask import Flask, current_app

from app.access.viewer import Role
from app.commands.running import current_directory, current_operator, report_errors
from app.contracts.accounts import Account
from app.contracts.queries import Query
from app.model.errors import StorageUnavailable
from app.runtime.background import stay_idle

_PAGES = ("/", "/?q=a", "/add", "/org", "/insights", "/import", "/leavers", "/history", "/audit",
          "/info", "/settings/access", "/settings/accounts", "/settings/org", "/sign-in",
          "/no-such-page")  # fmt: skip
_PAGES_OF_PERSON = ("/employee/{}", "/edit/{}", "/delete/{}", "/leave/{}", "/employee/{}/history",
                    "/org/{}", "/vcard/{}")  # fmt: skip
_MAX_SECONDS = 30.0
_UNAVAILABLE = 503


@click.command("try-pages")
@report_errors
def try_pages() -> None:
    """Ask for the main pages as an administrator; print each that fails, with its status.

    Changes nothing. Ends with status 1 if one fails, but not for 503: what a store does not answer
    is told by /readyz. Asks for no further page after 30 seconds.
    """
    stay_idle()
    app = _for_administrator()
    ends = time.monotonic() + _MAX_SECONDS
    statuses = {
        page: _status_of(app, page)
        for page in (*_PAGES, *_pages_of_somebody())
        if time.monotonic() < ends
    }
    failed = {page: status for page, status in statuses.items() if status >= 500}
    for page, status in failed.items():
        click.echo(f"{page} {status}")
    if set(failed.values()) - {_UNAVAILABLE}:
        raise click.exceptions.Exit(1)


def _for_administrator() -> Flask:
    """Return the application of this process, in which every request is an administrator's."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    account = Account(id="try-pages", name="flask try-pages", role=Role.ADMIN)

    def nobody_else(*_: Any) -> Account:
        return account

    # What app/web/http/viewers.py asks first who makes a request.
    app.extensions.setdefault("accounts_of_headers", []).insert(0, nobody_else)
    return app


def _status_of(app: Flask, page: str) -> int:
    return app.test_client().get(page).status_code


def _pages_of_somebody() -> list[str]:
    """Return the pages of the first person of the list, if there is one."""
    try:
        page = current_directory().browse(current_operator(), Query(), limit=1)
    except StorageUnavailable:
        return []
    plain = [
        card.id for card in page.cards if card.id.isascii() and card.id.replace("-", "").isalnum()
    ]
    return [each.format(employee_id) for employee_id in plain for each in _PAGES_OF_PERSON]
