"""Where a search ends early, its cursor tells no word that is concealed from the viewer."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.access.visibility import SEES_ALL, Sight
from app.contracts import EmployeeStore, Page, Query
from app.history.changes import Write
from app.model.employee import Employee
from app.storage.dynamodb.index import browse as dynamodb_browse
from app.storage.sql.index import browse as sql_browse
from app.storage.sql.index import windows
from tests.support.stores.dynamodb_binding import MotoRoom
from tests.support.stores.people import add, new_write_id
from tests.support.stores.sql_binding import SqliteRoom

COLLEAGUE = Sight(sees_hidden=False)
VISITOR = Sight(frozenset(("email", "phone", "mobile")), sees_hidden=False)
MAX_PAGES = 40


@pytest.fixture(params=["sqlite", pytest.param("moto", marks=pytest.mark.slow)])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[EmployeeStore]:
    """A store that examines few rows for a page."""
    monkeypatch.setattr(dynamodb_browse, "MAX_ROWS_EXAMINED", 4)
    monkeypatch.setattr(dynamodb_browse, "_FIRST_READ_ROWS", 2)
    monkeypatch.setattr(dynamodb_browse, "_ALTERNATIVE_ROWS", 2)
    for module in sql_browse, windows:
        monkeypatch.setattr(module, "WINDOWS", (2, 2))
    monkeypatch.setattr(sql_browse, "MAX_SORTED_ROWS", 0)
    room = SqliteRoom(tmp_path) if request.param == "sqlite" else MotoRoom()
    yield room.store
    room.close()


def walk(store: EmployeeStore, query: Query) -> list[Page]:
    walked = [store.browse(query)]
    while walked[-1].next and len(walked) < MAX_PAGES:
        walked.append(store.browse(query, walked[-1].next))
    assert len(walked) < MAX_PAGES
    return walked


def told(pages: list[Page]) -> bytes:
    texts = [cursor for page in pages for cursor in (page.next, page.previous) if cursor]
    return b"".join(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)) for text in texts)


@pytest.mark.parametrize("sight", [COLLEAGUE, VISITOR], ids=["colleague", "visitor"])
def test_a_cursor_tells_no_concealed_word(store: EmployeeStore, sight: Sight) -> None:
    people = [
        Employee(
            id=str(n), full_name=f"Ada {letter}", email=f"secretmail{n}.ada@example.com",
            phone=f"+1 206 55{n} 0141", about=f"Secretabout{n} secretness{n}.",
            hidden=("about", "phone"),
        )
        for n, letter in enumerate("abcdefghi")
    ]  # fmt: skip
    add(store, *people)
    assert b"secretabout" in told(walk(store, Query("secreta")))
    for words in ("secret", "secretab zeta", "0141", "ada 0141", "secretmail", "secretm zeta"):
        pages = walk(store, Query(words).seen_with(sight))
        keys = told(pages)
        assert keys or words != "secret"
        for concealed in (b"secret", b"1410", b"ada"):
            assert concealed not in keys, words
        if sight is VISITOR and words != "ada 0141":
            assert not any(page.cards for page in pages), words
    full = walk(store, Query("secretmail").seen_with(COLLEAGUE))
    assert len([card for page in full for card in page.cards]) == len(people)


def test_who_is_seen_is_found_though_pages_end_early(store: EmployeeStore) -> None:
    for n, letter in enumerate("abcdefghi"):
        hidden = ("about",) if n % 3 else ()
        store.add(
            Employee(id=str(n), full_name=f"Bo {letter}", about="Zeppelins.", hidden=hidden),
            Write(new_write_id()),
        )
    for sight, expected in ((SEES_ALL, 9), (COLLEAGUE, 3)):
        pages = walk(store, Query("zeppelins").seen_with(sight))
        assert len({card.id for page in pages for card in page.cards}) == expected
