"""What is concealed from a viewer is in no answer to them, of any address, on any store."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.access.viewer import VISITOR, Role, Viewer
from app.access.visibility import Audience
from app.contracts import EmployeeStore, Query
from app.directory.service import Directory, PhotoChange
from app.directory.sorting import Sort
from app.model.employee import Employee
from app.model.fields import HIDEABLE
from app.model.revision import revision_of
from app.storage.photos_on_disk import open_folder_store
from tests.support.pictures import picture
from tests.support.routes import ROUTES
from tests.support.small_app import small_app, stores_of
from tests.support.small_directory import AMARA
from tests.support.stores.bindings import BINDINGS
from tests.support.viewers import OPERATOR, request_as, viewer
from tests.web.test_who_may_what import address_of

MONTH = "2019-02"
PERSON = replace(
    AMARA, mobile="+254 711 555 0388", about="Collects zeppelins.\nAsk about wharves.",
    employee_number="E-4711", start_date=f"{MONTH}-04",
)  # fmt: skip
OTHER = Employee(
    id="bo", full_name="Bo King", job_title="Clerk", location="Nairobi", phone="+254 20 555 0130",
    email="bo@example.com", start_date="2020-03-01", about="Sails kites.",
)  # fmt: skip
# Parts of what she hides, as pages, files and cursors may write them.
PHONE = ("555 0127", "5550127", "7210555")
MOBILE = ("555 0388", "5550388", "8830555")
ABOUT, START = ("zeppelin", "wharves"), (f"{MONTH}-04", MONTH, "4 February 2019", "Feb 2019")
PRONOUNS = ("she/her",)
# Searches by which she would be found, and by which she is.
BY_SECRET = ("0127", "254 20 555 0127", "5550388", "zeppelins", "wharv", "amara 0127", "0127 bo")
COLLEAGUE, EDITOR = viewer(Role.COLLEAGUE), viewer(Role.EDITOR)
SELF = viewer(Role.COLLEAGUE, person_id="amara")
LISTS = (
    "/", "/?view=table", "/?q=amara", "/?q=a&view=table", "/?view=table&sort=phone",
    "/?view=table&sort=phone&dir=desc", "/?view=table&sort=email&dir=desc", "/?letter=a",
    "/?location=Nairobi&view=table", "/?badge=linux", "/insights", "/employee/amara",
    "/menu/location?q=amara", "/menu/badge?find=", "/?q=amarra", "/vcard/amara", "/vcard?id=amara",
)  # fmt: skip
EXPORTS = tuple(
    f"/export.{ending}{query}"
    for ending in ("csv", "xlsx", "jsonl", "vcf")
    for query in ("", "?q=amara", "?sort=phone", "?location=Nairobi")
)


@pytest.fixture(
    params=[
        pytest.param(each, id=each.name, marks=each.marks)
        for each in BINDINGS
        if each.name in ("model", "sqlite", "moto", "dynamodb-local")
    ]
)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EmployeeStore]:
    room = request.param.open(request, tmp_path)
    yield room.store
    room.close()


@pytest.fixture
def app(store: EmployeeStore, tmp_path: Path) -> Flask:
    """The directory of two people, one of whom hides all that can be hidden."""
    photos = open_folder_store(tmp_path / "photos")
    made = small_app(tmp_path, stores_of(store, photos), STRESS="off")
    directory = directory_of(made)
    directory.add(OPERATOR, OTHER, "other")
    added = directory.add(OPERATOR, PERSON, "first", PhotoChange(picture()))
    made.extensions["first_key"] = added.photo_key
    hide(directory, HIDEABLE)
    return made


def directory_of(app: Flask) -> Directory:
    found: Directory = app.extensions["directory"]
    return found


def hide(directory: Directory, hidden: tuple[str, ...]) -> Employee:
    stored = directory.get(OPERATOR, "amara")
    wanted = replace(stored, hidden=hidden)
    return directory.update(SELF, wanted, revision_of(stored), f"hide-{stored.version}")


def text_of(client: FlaskClient, address: str) -> str:
    """The text of an answer, of a workbook all that is in it."""
    answer = client.get(address, buffered=True)
    if answer.status_code in (401, 403, 404) or answer.status_code == 303:
        return ""
    assert answer.status_code == 200, (address, answer.status_code)
    if address.startswith("/export.xlsx"):
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            return "".join(book.read(name).decode() for name in book.namelist())
    return answer.data.decode().replace("\r\n ", "")


def answers(app: Flask, who: Viewer) -> dict[str, str]:
    request_as(app, who)
    client = app.test_client()
    declared = [
        address_of(rule)
        for rule, route in ROUTES.items()
        if "GET" in route.methods and not rule.startswith(("/sign-in/with", "/setup", "/invite"))
    ]
    return {
        address: text_of(client, address)
        for address in (*LISTS, *EXPORTS, *declared)
        if address != "/static/x/y"
    }


def secrets(app: Flask) -> tuple[str, ...]:
    key = directory_of(app).get(OPERATOR, "amara").photo_key
    hidden = key.rpartition("/")[2].partition(".")[0]
    return (*PHONE, *MOBILE, *ABOUT, *START, *PRONOUNS, hidden)


@pytest.mark.parametrize("who", [VISITOR, COLLEAGUE], ids=["visitor", "colleague"])
def test_what_is_hidden_is_in_no_answer_to_others(app: Flask, who: Viewer) -> None:
    for address, text in answers(app, who).items():
        for secret in secrets(app):
            assert secret not in text, (address, secret)
        assert "hidden" not in text or "json" not in address, address


@pytest.mark.parametrize("who", [SELF, EDITOR], ids=["self", "editor"])
def test_what_is_hidden_is_in_all_answers_to_oneself_and_editors(app: Flask, who: Viewer) -> None:
    told = answers(app, who)
    for address in ("/employee/amara", "/vcard/amara", "/export.csv", "/export.jsonl?q=amara"):
        for some in (PHONE[:1], MOBILE[:1], ABOUT, PRONOUNS):
            for secret in some:
                assert secret in told[address], (address, secret)
    assert PHONE[0] in told["/?view=table"]
    assert secrets(app)[-1] in told["/"]
    assert "2019" in told["/employee/amara"]
    assert START[0] in told["/export.csv"]


def names_found(app: Flask, who: Viewer, address: str) -> bool:
    request_as(app, who)
    return "Adeyemi" in text_of(app.test_client(), address)


def finds(app: Flask, who: Viewer, words: str) -> bool:
    """Whether a search finds her; who has all but a word of it is suggested, and not found."""
    directory, query = directory_of(app), Query(words)
    cards = directory.browse(who, query).cards
    assert directory.count_matches(who, query).total == len(cards)
    assert [card.id for card in cards] == (directory.sorted_ids(who, query, Sort("name")) or [])
    return "amara" in [card.id for card in cards]


def suggested(app: Flask, who: Viewer, words: str) -> list[str]:
    return [each.card.id for each in directory_of(app).search(who, Query(words))[1].people]


@pytest.mark.parametrize("words", BY_SECRET)
def test_nobody_is_found_by_what_they_hide(app: Flask, words: str) -> None:
    for who in (VISITOR, COLLEAGUE):
        assert not finds(app, who, words), who.role
        assert not names_found(app, who, f"/export.csv?q={words}")
    assert finds(app, EDITOR, words) is ("bo" not in words)
    # As if it were a word of nobody.
    other = words.replace("0127", "0187").replace("5550388", "5550387")
    other = other.replace("zeppelins", "zeppelinz").replace("wharv", "whirv")
    assert suggested(app, COLLEAGUE, words) == suggested(app, COLLEAGUE, other)


def test_counts_and_filters_tell_nothing_of_what_is_hidden(app: Flask) -> None:
    for who in (VISITOR, COLLEAGUE, EDITOR):
        request_as(app, who)
        client = app.test_client()
        assert f"joined={MONTH}" not in text_of(client, "/insights")
        assert "Adeyemi" not in text_of(client, f"/?joined={MONTH}")
    directory = directory_of(app)
    assert directory.facets(EDITOR).joined == {"2020-03": 1}
    query = directory_of(app).count_matches
    assert query(COLLEAGUE, Query("0127")).total == 0
    assert query(EDITOR, Query("0127")).total == 1
    assert query(COLLEAGUE, Query("amara")).total == 1


def test_visitors_see_no_contact_details_and_find_nobody_by_them(app: Flask) -> None:
    hide(directory_of(app), ())
    for address, text in answers(app, VISITOR).items():
        for secret in (*PHONE, *MOBILE, "amara@", "bo@example", "555 0130", "5550130"):
            assert secret not in text, (address, secret)
    for words in ("0127", "0130", "amara@example.com 0127"):
        assert not finds(app, VISITOR, words), words
    assert finds(app, COLLEAGUE, "0127")
    assert finds(app, VISITOR, "zeppelins")


def test_a_word_of_the_email_alone_finds_nobody_for_visitors(app: Flask) -> None:
    directory = directory_of(app)
    stored = directory.get(OPERATOR, "amara")
    changed = replace(stored, email="quixote.adeyemi@example.com")
    directory.update(OPERATOR, changed, revision_of(stored), "mail")
    for words in ("quixote", "quixoteadeyemi", "quix adeyemi", "quixote@example.com"):
        assert not finds(app, VISITOR, words), words
        assert finds(app, COLLEAGUE, words), words
    assert finds(app, VISITOR, "adeyemi")


def test_an_administrators_choice_holds_at_once_without_a_reindex(app: Flask) -> None:
    hide(directory_of(app), ())
    access = app.extensions["access"]
    chosen = dict.fromkeys(("phone", "badges", "start_date", "photo_key"), Audience.EDITORS)
    access.choose(access.settings(), mode=None, visibility={**chosen, "mobile": Audience.EVERYBODY})
    directory = directory_of(app)
    key = directory.get(OPERATOR, "amara").photo_key
    request_as(app, COLLEAGUE)
    client = app.test_client()
    for address in ("/", "/?view=table", "/insights", "/employee/amara", "/export.jsonl"):
        text = text_of(client, address)
        for secret in (*PHONE, key, START[0], "Linux User", "trophy"):
            assert secret not in text, (address, secret)
    for query in ("q=0127", "q=linux", "badge=linux", f"joined={MONTH}"):
        assert not names_found(app, COLLEAGUE, f"/?{query}"), query
        assert names_found(app, EDITOR, f"/?{query}"), query
    assert names_found(app, VISITOR, "/?q=0388")
    assert client.get(f"/photos/{key}").status_code == 404
    request_as(app, SELF)
    assert client.get(f"/photos/{key}", buffered=True).status_code == 200


@pytest.mark.parametrize("column", ["phone", "email", "badges"])
def test_an_order_by_a_concealed_field_tells_nothing(app: Flask, column: str) -> None:
    hide(directory_of(app), ())
    access = app.extensions["access"]
    chosen = {"badges": Audience.EDITORS, "email": Audience.EDITORS, "phone": Audience.EDITORS}
    access.choose(access.settings(), mode=None, visibility=chosen)
    directory = directory_of(app)

    def order(who: Viewer, *, descending: bool) -> list[str] | None:
        return directory.sorted_ids(who, Query(), Sort(column, descending))

    assert order(COLLEAGUE, descending=True) == order(COLLEAGUE, descending=False)
    if column != "badges":
        assert order(EDITOR, descending=True) != order(EDITOR, descending=False)


def test_a_hidden_photo_is_not_under_the_key_that_others_know(app: Flask) -> None:
    old = app.extensions["first_key"]
    new = directory_of(app).get(OPERATOR, "amara").photo_key
    assert new not in ("", old)
    for who in (VISITOR, COLLEAGUE, SELF, EDITOR):
        request_as(app, who)
        assert app.test_client().get(f"/photos/{old}").status_code == 404
    assert app.test_client().get(f"/photos/{new}", buffered=True).status_code == 200


def test_hiding_again_keeps_the_photo(app: Flask) -> None:
    directory = directory_of(app)
    before = directory.get(OPERATOR, "amara").photo_key
    assert hide(directory, ("photo_key",)).photo_key == before


def test_a_save_by_editors_writes_nothing_empty_back(app: Flask) -> None:
    request_as(app, EDITOR)
    client = app.test_client()
    directory = directory_of(app)
    before = directory.get(OPERATOR, "amara")
    changed = replace(before, job_title="Chief Engineer")
    after = directory.update(EDITOR, changed, revision_of(before), "title")
    assert after.hidden == HIDEABLE
    assert replace(after, job_title=before.job_title).same_content(before)
    assert client.get("/employee/amara").status_code == 200
