"""The pages of accounts: their list, a new one, and what an administrator changes of one."""

from urllib.parse import urlencode

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.access.viewer import ACCOUNT_ROLES, Role, Viewer
from app.accounts.checked_values import checked_email, checked_name
from app.accounts.errors import AccountNotFound, ValueRejected
from app.contracts.accounts import Account, AccountExists, LastAdmin
from app.directory.named_person import PersonUnknown, find_person
from app.text.sanitizing import visible
from app.web.current import (
    current_accounts,
    current_directory,
    current_sign_in,
    current_viewer,
)
from app.web.settings_pages import wording
from app.web.settings_pages.guard import ask_for_an_account
from app.web.settings_pages.linked_person import linked_person

_MAX_ID = 64
_ADDRESS = "/settings/accounts"
account_pages = Blueprint("account_settings", __name__, url_prefix=_ADDRESS)
account_pages.before_request(ask_for_an_account)


@account_pages.get("")
def accounts() -> ResponseReturnValue:
    """Show a page of the accounts, in the order of their names."""
    after = visible(request.args.get("after", ""))
    page = current_accounts().page(after or None)
    return render_template("settings_accounts.html", page=page, after=after, **_words())


@account_pages.get("/new")
def new_account() -> ResponseReturnValue:
    """Show the form of a new account that signs in with a password."""
    return _show_new({})


@account_pages.post("/new")
def add_account() -> ResponseReturnValue:
    """Add an account, and show the one-time link with which its owner chooses a password."""
    role = _posted_role()
    name, email = request.form.get("name", ""), request.form.get("email", "")
    if problems := _problems(name, email):
        return _show_new(problems)
    try:
        account = current_accounts().add_with_password(name, email, role, by=current_viewer())
    except AccountExists:
        return _show_new({"email": "Another account signs in with this email already."})
    return _show_link(account)


def _problems(name: str, email: str) -> dict[str, str]:
    """Return what is wrong with each field."""
    problems = {}
    for check, text in ((checked_name, name), (checked_email, email)):
        try:
            check(text)
        except ValueRejected as error:
            problems[error.field] = str(error)
    return problems


@account_pages.get("/<account_id>")
def account(account_id: str) -> ResponseReturnValue:
    """Show an account, and what can be changed of it."""
    return _show(_known(account_id))


@account_pages.post("/<account_id>")
def change_account(account_id: str) -> ResponseReturnValue:
    """Change one thing of an account: the form says which."""
    account, do = _known(account_id), request.form.get("do", "")
    if do == "invite":
        return _show_link(account)
    act = _ACTIONS.get(do) or abort(400)
    try:
        sentence = act(account, current_viewer())
    except LastAdmin:
        problem = f"{account.name} is the only administrator: make somebody else one first."
        return _show(account, problem=problem, status=409)
    except PersonUnknown as error:
        return _show(account, person_problem=str(error), status=422)
    except AccountExists:
        problem = "Another account is linked to this person already."
        return _show(account, person_problem=problem, status=409)
    except AccountNotFound:
        abort(404)
    flash(sentence, "good")
    if "after" in request.form:
        after = request.form["after"]
        return redirect(f"{_ADDRESS}?{urlencode({'after': after})}" if after else _ADDRESS, 303)
    return redirect(f"{_ADDRESS}/{account.id}", 303)


def _change_role(account: Account, by: Viewer) -> str:
    role = _posted_role()
    current_accounts().change_role(account.id, role, by=by)
    return f"{account.name} is {'a' if role is Role.COLLEAGUE else 'an'} {role} now."


def _disable(account: Account, by: Viewer) -> str:
    current_accounts().disable(account.id, by=by)
    return f"Disabled the account of {account.name}. It is signed out everywhere."


def _enable(account: Account, by: Viewer) -> str:
    current_accounts().enable(account.id, by=by)
    return f"Enabled the account of {account.name}."


def _end_sessions(account: Account, by: Viewer) -> str:
    current_accounts().end_sessions(account.id, by=by)
    return f"{account.name} is signed out everywhere."


def _link_person(account: Account, by: Viewer) -> str:
    person = find_person(current_directory(), by, request.form.get("person", ""))
    current_accounts().link(account.id, person.id if person else "", by=by)
    if person is None:
        return f"The account of {account.name} is linked to nobody."
    return f"Linked the account to {person.full_name}."


# What the form of an account may ask for; each returns what happened.
_ACTIONS = {
    "role": _change_role,
    "disable": _disable,
    "enable": _enable,
    "end-sessions": _end_sessions,
    "person": _link_person,
}


def _known(account_id: str) -> Account:
    # No store is asked for what cannot be an id: it might not be a key that it can have.
    is_id = account_id.isascii() and account_id.isalnum() and len(account_id) <= _MAX_ID
    return (current_accounts().get(account_id) if is_id else None) or abort(404)


def _posted_role() -> Role:
    value = request.form.get("role", "")
    return Role(value) if value in ACCOUNT_ROLES else abort(400)


def _show_link(account: Account) -> ResponseReturnValue:
    """Show a new one-time link: in this answer only, since nothing keeps it but its digest.

    Without a public address it is a path: the host of a request is what the client wrote there.
    """
    try:
        link = current_sign_in().invitations.make(account, by=current_viewer())
    except ValueRejected as error:
        return _show(account, problem=str(error), status=409)
    return _show(account, link=link)


def _show(
    account: Account,
    *,
    problem: str = "",
    person_problem: str = "",
    link: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "settings_account.html",
        account=account,
        person=linked_person(account),
        problem=problem,
        person_problem=person_problem,
        typed_person=request.form.get("person", ""),
        link=link,
        **_words(),
    )
    return page, status


def _show_new(problems: dict[str, str]) -> ResponseReturnValue:
    typed = {name: request.form.get(name, "") for name in ("name", "email", "role")}
    page = render_template(
        "settings_new_account.html", problems=problems, typed=typed, roles=wording.ROLES
    )
    return page, 422 if problems else 200


def _words() -> dict[str, object]:
    return {
        "roles": wording.ROLES,
        "role_giver": wording.role_giver,
        "way_of_signing_in": wording.way_of_signing_in,
        "last_sign_in": wording.last_sign_in,
    }
