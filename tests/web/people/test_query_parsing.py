"""A query is parsed once on its way through a page, whatever the store."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest
from flask.testing import FlaskClient

from app.history.changes import Write
from app.model.employee import Employee
from app.text import search_terms, tokens
from tests.support.small_app import small_app, stores_of
from tests.support.stores.bindings import BINDINGS, Room

_STORES = [
    pytest.param(binding, id=binding.name, marks=binding.marks)
    for binding in BINDINGS
    if binding.name in ("sqlite", "moto")
]
_TYPED = "typed words"
_SPLITTERS = {
    search_terms.typed_terms.__code__: _TYPED,
    search_terms.longest_first.__code__: "search words",
    tokens.line_words.__code__: "words of a line",
    tokens.words_of.__code__: "words of a line",
}


@pytest.fixture(scope="module", params=_STORES)
def client(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FlaskClient]:
    """An application over SQLite, then over DynamoDB."""
    folder = tmp_path_factory.mktemp("query")
    room: Room = request.param.open(request, folder)
    names = ("John Johnson", "Johnson Berg", "Robert Smith", "Toby Mercer")
    for at, name in enumerate(names):
        person = Employee(id=f"p{at}", full_name=name, location="Lisbon", job_title="Engineer")
        room.store.add(person, Write(f"form {at}"))
    app = small_app(Path(folder), stores_of(room.store, None))
    room.store.maintain()  # writes the vocabulary
    client = app.test_client()
    client.get("/?q=smiht")  # reads it
    yield client
    room.close()


@contextmanager
def splits_of(text: str) -> Iterator[Counter[str]]:
    """Count what is split into words: any typed words, and lines that are this text."""
    counts: Counter[str] = Counter()

    def count(frame: FrameType, event: str, arg: object) -> None:
        kind = _SPLITTERS.get(frame.f_code) if event == "call" else None
        if kind and (kind != "words of a line" or frame.f_locals["text"] == text):
            counts[kind] += 1

    before: Callable[..., object] | None = sys.getprofile()
    sys.setprofile(count)
    try:
        yield counts
    finally:
        sys.setprofile(before)


@pytest.mark.parametrize(
    "typed",
    ["smith", "robert smith", "john johnson", "engineer lisbon", "nobody here"],
)
@pytest.mark.parametrize("others", ["", "&location=lisbon&letter=r", "&view=table&badge=bug"])
def test_a_page_splits_the_typed_words_once(client: FlaskClient, typed: str, others: str) -> None:
    with splits_of(typed) as counts:
        assert client.get(f"/?q={typed.replace(' ', '+')}{others}").status_code == 200
    assert counts[_TYPED] == 1
    assert counts["words of a line"] == 0


@pytest.mark.parametrize("typed", ["smiht", "robrt smiht", "bob smiht lisbno"])
def test_other_searches_for_misspelt_words_split_nothing(client: FlaskClient, typed: str) -> None:
    with splits_of(typed) as counts:
        page = client.get(f"/?q={typed.replace(' ', '+')}")
    assert "Robert" in page.text
    assert counts[_TYPED] == 1
    assert counts["search words"] > 1  # other searches were made


def test_a_page_without_words_splits_nothing(client: FlaskClient) -> None:
    with splits_of("") as counts:
        assert client.get("/?location=lisbon").status_code == 200
    assert not counts
