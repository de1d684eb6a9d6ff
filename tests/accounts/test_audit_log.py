"""Audit events are lines of JSON of their own, counted, and never have a secret."""

from __future__ import annotations

import json
import logging

import pytest

from app.access.viewer import ANYBODY_IN_OPEN_MODE, Role, operator
from app.accounts import audit_log
from app.accounts.audit_log import Event, named, record
from app.accounts.errors import SignInRefused
from app.accounts.profile import Profile
from app.contracts.accounts import Account, Identity
from app.runtime.json_log import JsonFormatter
from tests.accounts.conftest import Desk

PASSWORD = "blue otter 73 lamp"


def lines_of(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    formatter = JsonFormatter()
    return [
        json.loads(formatter.format(each))
        for each in caplog.records
        if each.name == "app.accounts.audit_log"
    ]


def test_an_event_is_a_line_with_its_details_and_is_counted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = audit_log.counts().get("role-changed", 0)
    with caplog.at_level(logging.INFO):
        record(Event.ROLE, account="a1", was="colleague", role="editor", by="command:ubuntu")
    (line,) = lines_of(caplog)
    told = {name: line[name] for name in ("event", "account", "was", "role", "by")}
    assert told == {"event": "role-changed", "account": "a1", "was": "colleague",
                    "role": "editor", "by": "command:ubuntu"}  # fmt: skip
    assert audit_log.counts()["role-changed"] == before + 1


@pytest.mark.parametrize("name", ["password", "code", "cookie", "email", "token", "name"])
def test_what_may_be_a_secret_is_no_detail(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        record(Event.SIGN_IN, **{name: "x"})


def test_a_long_detail_is_cut_and_a_line_cannot_be_forged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO):
        record(Event.REFUSED, reason='x\n{"event": "sign-in"}' + "y" * 500)
    (line,) = lines_of(caplog)
    assert len(str(line["reason"])) == 200
    assert "\n" not in JsonFormatter().format(caplog.records[-1])


def test_who_did_something_is_named_by_account_or_by_user_of_the_shell() -> None:
    assert named(operator("ubuntu")) == "command:ubuntu"
    assert named(ANYBODY_IN_OPEN_MODE) == "open"


def test_a_day_of_sign_ins_leaves_no_secret_in_the_log(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    by = operator("ubuntu")
    with caplog.at_level(logging.INFO):
        code = desk.setup_link.address().rpartition("/")[2]
        admin = desk.setup_link.claim_with_password(code, "Ana", "ana@example.com", PASSWORD)
        cookie = desk.sessions.begin(admin, how="setup", peer="192.0.2.1")
        with pytest.raises(SignInRefused):
            desk.password_sign_in.sign_in("ana@example.com", "wrong password", "192.0.2.1")
        other = desk.accounts.sign_in(Identity("https://idp.example", "bo"), Profile("Bo Lund"))
        desk.accounts.change_role(other.id, Role.EDITOR, by=by)
        local = desk.accounts.add_with_password("Cy", "cy@example.com", by=by)
        link = desk.invitations.make(local, by=by).rpartition("/")[2]
        desk.invitations.spend(link, PASSWORD + " two")
        desk.accounts.disable(local.id, by=by)
        desk.sessions.end(cookie)
    lines = lines_of(caplog)
    events = [line["event"] for line in lines]
    assert events == [
        "directory-claimed", "sign-in", "sign-in-refused", "account-added", "role-changed",
        "account-added", "one-time-link-made", "password-set", "account-disabled", "sign-out",
    ]  # fmt: skip
    text = json.dumps(lines)
    secrets = (PASSWORD, "wrong password", code, cookie, cookie.split(".")[0], link)
    assert not any(secret in text for secret in (*secrets, "@example.com", "Bo Lund"))


def test_the_account_that_was_refused_is_named_and_an_unknown_one_is_not(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.store.add(Account(id="ana", name="Ana", email="ana@example.com"))
    with caplog.at_level(logging.INFO):
        for email in ("ana@example.com", "my password typed as an email"):
            with pytest.raises(SignInRefused):
                desk.password_sign_in.sign_in(email, "x", "192.0.2.1")
    known, unknown = lines_of(caplog)
    assert known["account"] == "ana"
    assert "account" not in unknown
    assert "typed" not in json.dumps(unknown)
