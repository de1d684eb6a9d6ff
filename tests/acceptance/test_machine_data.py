"""What machines tell one another is no more trusted than what people type: it is read as nothing.

No page fails for it, JSON stays JSON, nothing of it becomes HTML, and the next write goes on.
"""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from threading import Event
from typing import Any

import orjson
import pytest
from flask import Flask

from app.contracts.heartbeats import Heartbeat
from app.contracts.import_jobs import Job, Phase
from app.contracts.line_counts import LineCounts
from app.machine.load_test import LoadTest
from app.runtime import deadline, ec2_metadata
from app.runtime.runtime_dir import RuntimeDir
from app.storage.dynamodb.index.manifests import manifest_key
from tests.support.acceptance.everything import Everything
from tests.support.dynamodb_audit import audit
from tests.support.hostile_json import HOSTILE, NOT_JSON, json_with
from tests.support.page_reader import PageReader
from tests.support.small_app import small_app
from tests.support.stores.dynamodb_binding import DynamoRoom, UsedRoom
from tests.support.stores.people import add, person

pytestmark = pytest.mark.slow

MACHINE_PAGES = ("/info", "/info?part=live", "/doctor", "/import")
WRONG_TYPES: tuple[dict[str, Any], ...] = (
    {"N": "1E125"}, {"N": "-1.5"}, {"S": "NaN"}, {"S": ""}, {"B": b"\xff"}, {"BOOL": True},
    {"NULL": True}, {"L": [{"S": "a"}]}, {"M": {"S": {"S": "a"}}}, {"SS": ["a"]}, {"NS": ["1"]},
)  # fmt: skip
NAMES = [f"Ann {number:02}" for number in range(30)]


Item = dict[str, dict[str, Any]]


def index_row(view: str, at: str, **attributes: dict[str, Any]) -> Item:
    return {"view": {"S": view}, "at": {"S": at}, **attributes}


class Machine:
    """One machine of a directory on DynamoDB, and what others put into its index table."""

    def __init__(self, room: DynamoRoom, folder: Path) -> None:
        self.room = room
        self.app = small_app(
            folder, DYNAMO_MODE="on", DYNAMO_TABLE=room.people, AWS_DEFAULT_REGION="us-west-2"
        )

    def put(self, view: str, at: str, **attributes: dict[str, Any]) -> None:
        item = index_row(view, at, **attributes)
        self.room.client.put_item(TableName=self.room.index, Item=item)

    def put_many(self, rows: list[Item]) -> None:
        for first in range(0, len(rows), 25):
            puts = [{"PutRequest": {"Item": row}} for row in rows[first : first + 25]]
            reply = self.room.client.batch_write_item(RequestItems={self.room.index: puts})
            assert not reply["UnprocessedItems"]

    def names(self) -> list[str]:
        found = []
        for page in Everything(self.app).pages("/"):
            found += page.names()
        return found

    def run(self, *commands: str) -> None:
        Everything(self.app).run(*((command,) for command in commands))


@pytest.fixture
def machine(dynamodb_local: str, tmp_path: Path) -> Iterator[Machine]:
    room = UsedRoom(dynamodb_local)
    yield Machine(room, tmp_path)
    room.close()


@pytest.fixture
def real_machine(dynamodb_local: str, tmp_path: Path) -> Iterator[Machine]:
    room = UsedRoom(dynamodb_local)
    add(room.store, *(person(name, name, location="Lima") for name in NAMES))
    list(room.store.reindex())
    yield Machine(room, tmp_path)
    room.close()


def read_machine_pages(app: Flask) -> None:
    """Every page that shows what machines told, as people and as programs read it."""
    reader, client = PageReader(app), app.test_client()
    for address in MACHINE_PAGES:
        if "part=" not in address:
            page = reader.get(address)
            assert "alert(1)" not in "".join(one.text or "" for one in page.all("script"))
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.text[:2000])
        assert "<script>alert" not in answer.text
    for address in ("/info", "/doctor", "/readyz"):
        answer = client.get(address, headers={"Accept": "application/json"})
        assert answer.status_code == 200, (address, answer.text[:2000])
        orjson.loads(answer.data)


BEAT = asdict(Heartbeat(machine="i-0abc", at=1.0, cpu=5.0, up_since=1.0, load_since=1.0))


@pytest.mark.parametrize("kind", HOSTILE)
def test_heartbeats_with_numbers_and_texts_that_are_none(machine: Machine, kind: str) -> None:
    now = {**BEAT, "at": time.time(), "load_until": time.time() + 60}
    rows = []
    for number, name in enumerate(now):
        text = json_with(now, name, kind)
        if len(text) < 300_000:
            rows.append(index_row("fleet", f"i-{number:08x}", h={"S": text}))
    long = json_with(now, "zone", "megabyte")[:300_000]
    machine.put_many([*rows, index_row("fleet", "i-long", h={"S": long})])
    read_machine_pages(machine.app)


def test_rows_of_the_fleet_of_every_type(machine: Machine) -> None:
    for number, value in enumerate(WRONG_TYPES):
        machine.put("fleet", f"i-{number:08x}", h=value, asked_to_stop=value)
    for number, text in enumerate(NOT_JSON):
        machine.put("fleet", f"j-{number:08x}", h={"S": text})
    read_machine_pages(machine.app)
    console = machine.app.extensions["console"]
    for value in WRONG_TYPES:
        machine.put("fleet", console.current_machine().machine, h=value, asked_to_stop=value)
        deadline.start(float("inf"))
        console.send_heartbeat()


JOB = Job(
    id="20260101-000000-aaaaaaaa", name="a.csv", created=1_800_000_000.0, phase=Phase.READY,
    parts=1, total=1, planned=LineCounts(1),
)  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_imports_with_values_that_are_none(machine: Machine, kind: str) -> None:
    fields = json.loads(JOB.as_text())
    rows = []
    for number, name in enumerate(fields):
        job_id = f"20260101-{number:06}-aaaaaaaa"
        text = json_with({**fields, "id": job_id}, name, kind)
        if len(text) < 300_000:
            rows.append(index_row("imports", job_id, state={"S": text}, revision={"N": "1"}))
            rows.append(index_row("imports-wanting-work", job_id))
    machine.put_many(rows)
    client = machine.app.test_client()
    read_machine_pages(machine.app)
    for number in range(len(fields)):
        address = f"/import/20260101-{number:06}-aaaaaaaa"
        assert client.get(address).status_code in (200, 404)
        assert client.get(f"{address}/progress").status_code in (200, 404)
        assert client.get(f"{address}/refused.csv").status_code in (200, 404)
    deadline.start(float("inf"))
    machine.app.extensions["importer"].due()


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", zlib.compress(b"[]"), zlib.compress(b"[[1]]"), zlib.compress(b'[{"a":NaN}]'),
     zlib.compress(bytes(50_000_000)), b"[[-1]]", b"[[1e400]]", b"[" * 9_000, b'[{"a":1}]'],
    ids=range(10),
)  # fmt: skip
def test_parts_of_an_import_that_are_damaged(machine: Machine, content: bytes) -> None:
    machine.put("imports", JOB.id, state={"S": JOB.as_text()}, revision={"N": "1"})
    for kind in ("plan", "plan-counts", "file"):
        machine.put(f"import#{JOB.id}", f"{kind}#00000000", content={"B": content})
    client = machine.app.test_client()
    for address in ("", "?show=added", "/refused.csv", "/progress"):
        assert client.get(f"/import/{JOB.id}{address}").status_code in (200, 404, 409)
    deadline.start(float("inf"))
    importer = machine.app.extensions["importer"]
    importer.resume(JOB.id)
    list(importer.work(JOB.id, Event()))
    assert importer.read(JOB.id).phase in (Phase.APPLYING, Phase.APPLIED)
    read_machine_pages(machine.app)


CARDS = (
    "[1,2,3,4,5,6,7,8,9]",
    '["a","b","c","d","e","f","g",1.5,""]',
    '["a","b","c","d","e","f","g",1,[]]',
    '["","b","c","d","e","f","g",1,""]',
)


def test_rows_of_the_index_of_every_type(real_machine: Machine) -> None:
    """Lists go on to their end; a reindex repairs what it can and removes the rest."""
    machine = real_machine
    cards: list[dict[str, Any]] = [{"S": text} for text in NOT_JSON[:-3]]
    cards += [{"S": text} for text in CARDS]
    rows = []
    for number, value in enumerate([*WRONG_TYPES, *cards]):
        rows += [
            index_row("name", f"m{number:02}\x1fx", c=value, t=value),
            index_row("name", f"m{number:02}", c=value, t=value),
            index_row("w#a", f"ann\x1fm\x1f{number}", c=value, t=value),
            index_row("l#lima", f"m\x1f\x1f{number}", c=value, t=value),
        ]
    machine.put_many(rows)
    everything = Everything(machine.app)
    assert machine.names() == NAMES
    for address in ("/?q=ann", "/?location=Lima", "/?q=ann&location=Lima"):
        found = [name for page in everything.pages(address) for name in page.names()]
        assert found == NAMES
    assert everything.download("/export.csv?location=Lima").count(b"\n") == len(NAMES) + 1
    machine.run("reindex")
    assert audit(machine.room) == []
    assert machine.names() == NAMES


def test_a_row_of_someone_that_became_unreadable_is_repaired_by_a_reindex(
    real_machine: Machine,
) -> None:
    for item in real_machine.room.items(real_machine.room.index):
        if item["view"]["S"] in ("name", "l#lima") and "Ann 07" in item.get("c", {}).get("S", ""):
            real_machine.put(item["view"]["S"], item["at"]["S"], c={"N": "1"}, t={"S": "|"})
    assert real_machine.names() == [name for name in NAMES if name != "Ann 07"]
    real_machine.run("reindex")
    assert real_machine.names() == NAMES
    assert audit(real_machine.room) == []


def test_manifests_of_every_type(real_machine: Machine) -> None:
    """The next save, repair or reindex goes on as if there was none."""
    machine, everything = real_machine, Everything(real_machine.app)
    texts = [
        *NOT_JSON[:-4], '[1,"h","n",[1],["a"],["*"]]', f'[{"9" * 400},"h","n",[],[],[]]',
        '[1,"h","n",[""],[],[]]', '[1,"h","n",[],["x"],{"a":1}]', "[NaN]",
        json.dumps([1, "h", "n", ["w"] * 3_000, [], []]),
    ]  # fmt: skip
    values: list[dict[str, Any]] = [*WRONG_TYPES, *({"S": text} for text in texts)]
    ids = [*NAMES, "new one", "new two"]
    for number, value in enumerate(values):
        employee_id = ids[number % len(ids)]
        key = manifest_key(employee_id)
        more = {"m": value, "rev": WRONG_TYPES[number % len(WRONG_TYPES)]}
        if number % 3 == 0:
            more |= {"gone": value, "ttl": value}
        machine.put(key["view"]["S"], "-", id={"S": employee_id}, **more)
    machine.put("of#nobody", "-", m={"S": "[]"})
    machine.put("of#somebody", "-", m={"S": "[]"}, id={"N": "1"}, rev={"N": "1"})
    assert machine.names() == NAMES
    for name in NAMES[:15]:
        everything.edit(name)
    machine.run("reindex", "doctor")
    for name in NAMES[15:]:
        everything.edit(name)
    machine.run("reindex")
    assert audit(machine.room) == []
    for name in NAMES:
        everything.delete(name)
    assert machine.names() == []


def test_counts_of_every_type(real_machine: Machine) -> None:
    """They are wrong until a reindex, and no page fails."""
    machine, everything = real_machine, Everything(real_machine.app)
    texts = [
        *NOT_JSON[:-4], '{"*": NaN}', f'{{"*": {"9" * 400}}}', '{"j:abcd": 3, "j:9999": 1}',
        '{"l:<script>alert(1)</script>": 1}', '{"l:\\ud800": 1}', '{"": 1, "zz": 2, "Z:a": 3}',
        '{"*": 1.5}', '{"*": "1"}', '{"*": true}', '{"*": -5}', f'{{"t:{"x" * 5_000}": 1}}',
        json.dumps({f"{chr(97 + n)}:x": 1 for n in range(26)}),
    ]  # fmt: skip
    values: list[dict[str, Any]] = [*WRONG_TYPES, *({"S": text} for text in texts)]
    for number, value in enumerate(values):
        machine.put("tally", f"d#{number:04}", d=value)
        machine.put("tally", f"0#l#{number}", n=value)
    machine.put("tally", "d#none")
    for value in WRONG_TYPES:
        machine.put("tally", "0", ver=value)
        machine.app.extensions["directory"]._counts.expire()
        everything.reader.get("/")
        everything.reader.get("/insights")
        everything.reader.get("/?q=ann&location=Lima&job_title=x")
    machine.run("reindex", "doctor")
    assert audit(machine.room) == []
    assert machine.app.extensions["directory"].employees.facets().total == len(NAMES)


def test_leases_and_checkpoints_of_every_type(real_machine: Machine) -> None:
    """A lease that no clock wrote is free, and an unreadable checkpoint is a new start."""
    machine = real_machine
    checkpoints = [
        *NOT_JSON[:6],
        '{"step": 5, "force": false}',
        '{"step": "people", "force": false, "from": 1}',
        '{"step": "people", "force": false, "from": {"id": {"N": "1"}}}',
        '{"step": "people", "force": false, "changed": NaN}',
        '{"step": "people", "force": false, "done": "x"}',
        '{"step": "people\'s index rows", "force": false, "from": {"id": {"S": "a"}}}',
        '{"stream": 1, "at": NaN, "places": {}}', '{"stream": "s", "at": 1, "places": {"a": 1}}',
    ]  # fmt: skip
    reached: list[dict[str, Any]] = [*WRONG_TYPES, *({"S": text} for text in checkpoints)]
    for number, value in enumerate(reached):
        until = WRONG_TYPES[number % len(WRONG_TYPES)]
        for kind in ("upkeep", "follow"):
            machine.put(f"lease#{kind}", "-", who=until, held_until=until, reached=value)
        deadline.start(float("inf"))
        assert list(machine.room.open_another().reindex())[-1].done == len(NAMES)
        if number % 5 == 0:
            assert list(machine.room.open_another().follow(Event(), once=True))
    arn = machine.room.client.describe_table(TableName=machine.room.people)["Table"]
    places = json.dumps({"stream": arn["LatestStreamArn"], "at": time.time(), "places": {"x": "9"}})
    machine.put("lease#follow", "-", who={"S": "a"}, held_until={"N": "1"}, reached={"S": places})
    assert list(machine.room.open_another().follow(Event(), once=True))
    assert audit(machine.room) == []


def test_a_shared_secret_of_every_type(machine: Machine) -> None:
    """Machines agree on a new one, which is stored."""
    for value in (*WRONG_TYPES, {"S": "x" * 5_000}):
        machine.put("secret", "-", secret=value)
        first, second = (machine.room.open_another() for _ in range(2))
        told = first.shared_secret("a" * 64)
        assert told
        assert second.shared_secret("b" * 64) == told


def test_words_of_the_vocabulary_that_are_none(machine: Machine) -> None:
    for word in (
        "<script>alert(1)</script>",
        "a\x00b",
        "\u202e",
        " ",
        "x" * 1_000,
        "😀",
        "-",
        "ann",
    ):
        machine.put("vocabulary", word, extra={"N": "1"})
    reader = PageReader(machine.app)
    for query in ("anne", "scrpt", "x", "alert"):
        assert "<script>alert" not in reader.get(f"/?q={query}").response.text


FILES = (
    *(text.encode("utf-8", "surrogatepass") for text in NOT_JSON),
    b"\xff\xfe",
    b"9" * 5_000,
    b'{"at": 1e308, "cpu": [1], "requests": {"1": "x"}, "rates": {"cpu": "1"}}',
    b'{"at": 5, "cpu": [1e3, "a"], "requests": [], "rates": []}',
    b'{"at": "1"}',
    b'{"pid": -1, "seconds": 5, "ends": 9, "cores": 1, "program": ""}',
)


@pytest.mark.parametrize("content", FILES, ids=range(len(FILES)))
def test_files_of_this_machine_that_hold_anything(tmp_path: Path, content: bytes) -> None:
    app = small_app(tmp_path)
    folder = RuntimeDir(tmp_path)
    for name in ("reading", "requests.1", "load"):
        folder.path(name).write_bytes(content)
    read_machine_pages(app)
    assert not LoadTest(folder).stop(), "nothing runs, whatever the file says"


@pytest.mark.parametrize(
    "document",
    [*NOT_JSON[:-1], "9" * 5_000,
     json.dumps({"instanceId": "i-0123456789abcdef0", "availabilityZone": "<script>alert(1)",
                 "instanceType": "t3.micro", "region": "us-west-2"}),
     json.dumps({"instanceId": "i-0123456789abcdef0", "availabilityZone": "us-west-2b",
                 "instanceType": "\ud800", "region": "us-west-2"}),
     json.dumps({"instanceId": ["i-0123456789abcdef0"], "availabilityZone": 5,
                 "instanceType": None, "region": {}})],
    ids=range(len(NOT_JSON) + 3),
)  # fmt: skip
def test_an_instance_document_that_is_none(document: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        ec2_metadata._machine(ec2_metadata.strict_json.parse_object(document))


@pytest.mark.parametrize("kind", HOSTILE)
def test_json_of_ours_is_json_whatever_is_in_it(machine: Machine, kind: str) -> None:
    value = HOSTILE[kind]
    with machine.app.app_context():
        text = machine.app.json.dumps({"a": [value, {"b": value}], "emoji": "😀"})
    if "400 digits" not in kind:  # valid JSON, which this parser refuses
        assert orjson.loads(text)["emoji"] == "😀"
    assert "NaN" not in text
    assert "Infinity" not in text
