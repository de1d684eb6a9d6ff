"""People who are signed in to an application of a test."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask
from flask.testing import FlaskClient

from app.access.viewer import Role
from app.accounts.services import SignInServices
from app.contracts.accounts import Account, AccountStore
from app.web.http.viewers import COOKIE


def services_of(app: Flask) -> SignInServices:
    """The services of signing in of this application."""
    return cast(SignInServices, app.extensions["sign_in"])


def store_of(app: Flask) -> AccountStore:
    """The accounts of this application, as they are stored."""
    return services_of(app).accounts._store


def add_account(app: Flask, role: Role, name: str = "Ana", **values: Any) -> Account:
    """An account with this role, which an administrator gave."""
    account = Account(
        id=name.lower(),
        name=name,
        role=role,
        role_origin="admin",
        **{"email": f"{name.lower()}@example.com", **values},
    )
    added = store_of(app).add(account)
    services_of(app).access.forget()
    return added


def sign_in(client: FlaskClient, account: Account) -> str:
    """Give this browser a session of the account; return its cookie."""
    cookie = services_of(client.application).sessions.begin(account, "A test", how="test")
    client.set_cookie(COOKIE, cookie)
    return cookie


def signed_in(app: Flask, role: Role, name: str = "Ana", **values: Any) -> FlaskClient:
    """A browser of somebody new with this role."""
    client = app.test_client()
    sign_in(client, add_account(app, role, name, **values))
    return client
