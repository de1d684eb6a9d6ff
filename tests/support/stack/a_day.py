"""A day of the directory on DynamoDB and S3: set up, filled, read, changed, mended, swept."""

import contextvars
import itertools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session
from flask import Flask

from app.access.modes import Mode
from app.access.viewer import Role
from app.contracts import PhotoLink, Query
from app.contracts.accounts import AccountStore
from app.contracts.checks import State
from app.directory.service import Directory, PhotoChange
from app.model.employee import Employee
from app.model.revision import revision_of
from app.storage import open_stores
from tests.support.pictures import picture
from tests.support.small_app import small_app
from tests.support.stores.accounts import admin, digest_of, in_hours, local_account, session
from tests.support.viewers import OPERATOR

_FORMS = (f"form-{number}" for number in itertools.count())


def settings_of(region: str, bucket: str, table: str = "Employees") -> dict[str, str]:
    return {
        "DYNAMO_MODE": "on",
        "DYNAMO_TABLE": table,
        "PHOTOS_BUCKET": bucket,
        "AWS_DEFAULT_REGION": region,
    }


def command(app: Flask, *words: str) -> str:
    """What a flask command prints; it has to end well."""
    result = app.test_cli_runner().invoke(args=list(words))
    assert result.exit_code == 0, result.output
    return result.output


def worked(folder: Path, settings: Mapping[str, str], outside: Any) -> None:
    """The whole day. ``outside`` is a client of DynamoDB that stands for another program."""
    app = small_app(folder, **settings)
    command(app, "setup")
    command(app, "setup")
    command(app, "follow", "--once")
    command(app, "sample-data", "--people", "30")
    directory: Directory = app.extensions["directory"]
    # In a context of its own, as requests have: their deadline is none of a command's.
    contextvars.copy_context().run(_read, app, directory)
    _change(directory)
    _sign_in(open_stores(app.extensions["settings"]).accounts)
    _mend(app, directory, outside)
    _look_after(app)
    command(app, "sweep-photos", "--delete")


def _read(app: Flask, directory: Directory) -> None:
    page = directory.browse(OPERATOR, Query())
    for query in (Query(words="a"), Query(letter="b"), Query(words="a", badge="linux")):
        directory.browse(OPERATOR, query)
    directory.browse(OPERATOR, Query(), page.next)
    directory.facets(OPERATOR)
    (someone, *_) = (card for card in page.cards if card.photo_key)
    assert directory.get(OPERATOR, someone.id).photo_key
    pages = app.test_client()
    for address in ("/", f"/employee/{someone.id}", "/add", "/info", "/healthz"):
        assert pages.get(address).status_code == 200, address
    assert pages.get("/readyz").get_json() == {
        "database": "ok",
        "photos": "ok",
        "disk": "ok",
    }


def _change(directory: Directory) -> None:
    grace = Employee(
        id="grace", full_name="Grace Hopper", location="Arlington", job_title="Admiral"
    )
    added = directory.add(OPERATOR, grace, next(_FORMS), PhotoChange(upload=picture()))
    _see_photo(directory, added.photo_key)
    renamed = replace(added, full_name="Grace B. Hopper")
    changed = directory.update(
        OPERATOR, renamed, revision_of(added), next(_FORMS), PhotoChange(upload=picture(width=300))
    )
    _see_photo(directory, changed.photo_key)
    directory.delete(OPERATOR, "grace", revision_of(changed), next(_FORMS))


def _see_photo(directory: Directory, key: str) -> None:
    """As a browser does, by the link, which may do what its signer may."""
    assert directory.photos is not None
    link = directory.photos.locate(key)
    assert isinstance(link, PhotoLink)
    request = AWSRequest(method="GET", url=link.url).prepare()
    assert URLLib3Session().send(request).status_code == 200


def _sign_in(accounts: AccountStore) -> None:
    """What becomes of a new directory: claimed, and signed in to."""
    ana, ben = admin("a1"), local_account("b1", "ben@example.com")
    assert accounts.claim(ana)
    assert not accounts.claim(ben)
    added = accounts.add(ben)
    accounts.update(replace(accounts.find_login("BEN@example.com") or added, person_id="grace"))
    saved = accounts.save_access_settings(replace(accounts.access_settings(), mode=Mode.SIGN_IN))
    assert saved.claimed_by == "a1"
    begun = session("a1")
    accounts.begin_session(begun)
    assert accounts.find_session("a1", begun.digest)
    assert accounts.sessions_of("a1") == (begun,)
    accounts.end_session("a1", begun.digest)
    accounts.add_invitation(digest_of("code"), "b1", in_hours(1))
    assert accounts.spend_invitation(digest_of("code")) == "b1"
    assert len(accounts.list_accounts().accounts) == 2
    promoted = accounts.update(replace(added, version=2, role=Role.ADMIN))
    accounts.update(replace(promoted, role=Role.EDITOR))


def _mend(app: Flask, directory: Directory, outside: Any) -> None:
    def put(number: int) -> None:
        name = {"S": f"Ada Outside {number}"}
        item = {"id": {"S": f"outside-{number}"}, "full_name": name}
        outside.put_item(TableName=app.extensions["settings"].dynamo_table, Item=item)

    for number in range(3):
        put(number)
    directory.get(OPERATOR, "outside-0")
    directory.employees.maintain()
    command(app, "reindex")
    command(app, "reindex", "--force")
    assert len(directory.browse(OPERATOR, Query(words="outside")).cards) == 3
    put(3)
    assert "Updated the index for 1 record" in command(app, "follow", "--once")
    assert len(directory.browse(OPERATOR, Query(words="outside")).cards) == 4


def _look_after(app: Flask) -> None:
    """What the console and the doctor do on every machine."""
    console = app.extensions["console"]
    console.send_heartbeat()
    console.request_stop("i-other")
    assert console.fleet(console.current_machine()).error == ""
    found = dict(app.extensions["doctor"].report().findings)
    tables = ("Table of people", "Table of the index", "Changes by others", "Index", "Accounts")
    for name in ("Credentials", *tables, "Photo bucket"):
        assert found[name].state is State.OK, found[name]
