"""Faults: the database or the photo store fails, and nothing is lost, doubled or made up.

What each store does by itself is tested beside it; here the whole directory is asked, over HTTP.
"""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from app.runtime import ec2_metadata
from app.runtime.ttl import TtlValue
from tests.runtime.test_ec2_metadata import Imds, ImdsServer
from tests.support.acceptance.visitors import ADA, Answer, Form, at_once, employee_id_in
from tests.support.acceptance.worlds import Aws, Laptop, World, sweep
from tests.support.aws_errors import (
    access_denied,
    s3_error,
    server_error,
    table_missing,
    throttled,
    token_expired,
    transaction_conflict,
)
from tests.support.in_time import LATE
from tests.support.page_reader import words_of
from tests.support.pictures import file_of, picture
from tests.support.servers.live_app import LiveApp

pytestmark = pytest.mark.slow

WRITE = "TransactWriteItems"
TYPED = {**ADA, "full_name": "Grace Hopper", "badges": ["bug", "trophy"]}
NOT_SAVED = "Your changes were not saved"
NOT_HEARD = "We do not know whether"
HOLD_THE_LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""


class Work:
    """Ada is there; people have her page, her forms and an empty form open when the fault comes."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.visitors = [world.visitor() for _ in range(5)]
        self.ada = self.visitors[0].add(photo=picture())
        addresses = ("/add", f"/edit/{self.ada}", f"/delete/{self.ada}")
        self.forms = [
            visitor.form(address)
            for visitor, address in zip(self.visitors, addresses, strict=False)
        ]
        self.visitors[3].get("/")
        self.before = (world.stored(), set(world.photos()))

    def all_at_once(self) -> list[Answer]:
        """Add, edit, delete, list, person: all asked at the same time."""
        add, edit, delete, reader, other = self.visitors
        return at_once(
            lambda: add.ask_to_save(self.forms[0].typed(**TYPED)),
            lambda: edit.ask_to_save(self.forms[1].typed(**TYPED)),
            lambda: delete.ask_to_save(self.forms[2]),
            lambda: reader.ask("GET", "/"),
            lambda: other.ask("GET", f"/employee/{self.ada}"),
        )

    def was_refused(self, saves: list[Answer], *, unheard: bool = False) -> None:
        """Every save says in plain words that it was none, and gives back what was typed.

        ``unheard``: the write was sent and nothing came back, so that the truth is "perhaps".
        """
        for answer in saves:
            assert answer.status == 503
            for word in ("sql", "dynamodb", "employees-", "table"):
                assert word not in words_of_notice(answer).lower()
        nothing = ("Your changes were not saved", "Your changes were not saved", "No one was")
        for number, answer in enumerate(saves):
            perhaps = unheard and number == 0  # the others read first
            assert words_of_notice(answer).startswith(NOT_HEARD if perhaps else nothing[number])
        assert saves[0].form.shows(TYPED)
        assert saves[1].form.shows(TYPED)
        self.is_as_before()

    def is_as_before(self) -> None:
        assert (self.world.stored(), set(self.world.photos())) == self.before

    def goes_on(self, saves: list[Answer]) -> None:
        """After recovery the very next request works, and so does every form given back."""
        add, edit, delete = saves
        assert self.visitors[3].names() == [ADA["full_name"]]
        self.visitors[0].send(add.form)
        self.visitors[1].send(edit.form)
        changed = self.visitors[2].send(delete.form, 409)
        self.visitors[2].send(changed.form)
        assert [each.full_name for each in self.world.stored().values()] == [TYPED["full_name"]]


def words_of_notice(answer: Answer) -> str:
    (notice,) = answer.page.all("div", cls="flash-bad")
    return words_of(notice)


def shows_no_one(answer: Answer) -> bool:
    return "No people yet" in answer.text or "Load sample" in answer.text


def lists_are_out(readers: list[Answer]) -> None:
    """Lists and pages say so with 503, in plain words; never an empty directory."""
    for answer in readers:
        assert answer.status == 503
        assert answer.page.h1 == "The directory is temporarily unavailable"
        assert "Nothing you saved is lost" in answer.page.text
        assert not shows_no_one(answer)


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["refuse", "reset", "hang", "slow"])
def test_a_database_that_does_not_answer_is_told_and_nothing_typed_is_lost(
    aws: Aws, fault: str
) -> None:
    work = Work(aws)
    if fault == "refuse":
        aws.database.refuse()
    elif fault == "slow":
        aws.database.on("*").slow_down(3.0)
    else:
        getattr(aws.database.on("*"), fault)()
    *saves, page, person = work.all_at_once()
    lists_are_out([page, person])
    work.was_refused(saves, unheard=fault != "refuse")
    assert "dynamodb:" in aws.log_text()
    aws.recover()
    work.goes_on(saves)


@pytest.mark.slow
def test_a_database_that_takes_a_second_for_each_answer_is_waited_for(aws: Aws) -> None:
    work = Work(aws)
    aws.database.on("*").slow_down(0.7)
    answers = work.all_at_once()
    assert [answer.status for answer in answers[3:]] == [200, 200]
    assert answers[0].status == 303
    changed, deleted = (answer.status for answer in answers[1:3])
    # To delete asks more of the database than a request has time for: it says so, and goes on.
    assert (changed, deleted) in ((303, 409), (303, 503), (404, 303), (409, 303))
    aws.recover()
    if deleted == 503:
        work.visitors[2].delete(work.ada)
    assert all(each.full_name == TYPED["full_name"] for each in aws.stored().values())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (throttled, "throttled"),
        (table_missing, "flask setup"),
        (access_denied, "access was denied"),
        (token_expired, "credentials have expired"),
        (server_error, "internal error"),
    ],
)
def test_a_database_that_says_no_is_named_to_the_operator_and_not_to_people(
    aws: Aws, fault: Callable[[], object], said: str
) -> None:
    work = Work(aws)
    aws.database.on("*").answer(fault())  # type: ignore[arg-type]
    *saves, page, person = work.all_at_once()
    lists_are_out([page, person])
    work.was_refused(saves, unheard=fault is server_error)
    for answer in (*saves, page, person):
        (told,) = [line for line in aws.told_of(answer.headers["X-Request-Id"]) if "action" in line]
        assert told["action"].startswith("dynamodb:")
        assert told["resource"].startswith(aws.room.people)
        assert said in told["reason"]
    aws.recover()
    work.goes_on(saves)


@pytest.mark.slow
def test_throttled_twice_is_not_noticed(aws: Aws) -> None:
    work = Work(aws)
    reads = ("GetItem", "BatchGetItem", "Query")
    for operation in (*reads, WRITE):
        aws.database.on(operation).answer(throttled(), times=2)
    visitor = work.visitors[0]
    assert visitor.names() == [ADA["full_name"]]
    visitor.send(work.forms[0].typed(**TYPED))
    for operation in reads:
        aws.database.on(operation).answer(throttled(), times=2)
    visitor.save(visitor.form(f"/edit/{work.ada}"), job_title="Countess")


@pytest.mark.slow
def test_seven_conflicts_of_transactions_are_not_noticed_and_endless_ones_are_told(
    aws: Aws,
) -> None:
    work = Work(aws)
    for form, visitor in zip(work.forms[:2], work.visitors, strict=False):
        aws.database.on(WRITE).answer(transaction_conflict(), times=7)
        visitor.send(form.typed(**TYPED))
    aws.database.on(WRITE).answer(transaction_conflict())
    visitor = work.visitors[0]
    before = aws.stored()
    typed = {**TYPED, "full_name": "Somebody Else"}
    for address in ("/add", f"/edit/{work.ada}"):
        answer = visitor.send(visitor.form(address).typed(**typed), 503)
        assert NOT_SAVED in answer.page.text
        assert answer.form.shows(typed)
    assert aws.stored() == before
    aws.recover()
    visitor.send(answer.form)


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["lose_reply", "cut_reply"])
def test_a_reply_that_is_lost_once_is_not_noticed(aws: Aws, fault: str) -> None:
    visitor = aws.visitor()
    form = visitor.form("/add").typed(**ADA)
    getattr(aws.database.on(WRITE), fault)(times=1)
    ada = employee_id_in(visitor.send(form, photo=picture()))
    edit = visitor.form(f"/edit/{ada}").typed(full_name="Ada King")
    getattr(aws.database.on(WRITE), fault)(times=1)
    visitor.send(edit, photo=picture())
    (stored,) = aws.stored().values()
    assert stored.version == 2
    assert len(aws.photos()) == 2
    gone = visitor.form(f"/delete/{ada}")
    getattr(aws.database.on(WRITE), fault)(times=1)
    visitor.send(gone)
    assert (aws.stored(), aws.photos()) == ({}, {})


@pytest.mark.slow
@pytest.mark.parametrize("again_with_photo", [True, False])
def test_a_form_that_is_sent_again_after_every_reply_was_lost_is_one_saving(
    aws: Aws, again_with_photo: bool
) -> None:
    visitor = aws.visitor()

    def lost_and_again(form: Form, photo: bytes | None = None) -> Answer:
        aws.database.on(WRITE).lose_reply()
        unheard = visitor.ask_to_save(form, photo=photo)
        assert unheard.status == 503
        assert NOT_HEARD in unheard.page.text
        aws.recover()
        again = unheard.form
        if photo and not again_with_photo:
            assert "Choose the photo again" in unheard.page.text
        answer = visitor.send(again, photo=photo if again_with_photo else None)
        if photo:
            aws.ledger.people[employee_id_in(answer)].has_photo = True
        return answer

    face, other = picture().read(), picture("PNG").read()
    ada = employee_id_in(lost_and_again(visitor.form("/add").typed(**ADA), face))
    assert [one.version for one in aws.stored().values()] == [1]
    lost_and_again(visitor.form(f"/edit/{ada}").typed(**TYPED), other)
    assert [one.version for one in aws.stored().values()] == [2]
    lost_and_again(visitor.form(f"/delete/{ada}"))
    assert aws.stored() == {}
    assert sweep(aws) == set(), "photos of forms whose reply was lost are swept, and no others"


@pytest.mark.slow
def test_what_another_editor_wrote_after_a_lost_reply_is_a_conflict(aws: Aws) -> None:
    visitor, other = aws.visitor(), aws.visitor()
    ada = visitor.add()
    form = visitor.form(f"/edit/{ada}").typed(full_name="Ada King")
    aws.database.on(WRITE).lose_reply()
    unheard = visitor.ask_to_save(form)
    aws.recover()
    other.save(other.form(f"/edit/{ada}"), full_name="Ada Byron")
    assert "Ada Byron" in visitor.send(unheard.form, 409).page.text


@pytest.mark.slow
def test_the_form_of_a_person_deleted_since_the_reply_was_lost_leaves_them_deleted(
    aws: Aws,
) -> None:
    visitor, other = aws.visitor(), aws.visitor()
    aws.database.on(WRITE).lose_reply()
    unheard = visitor.ask_to_save(visitor.form("/add").typed(**ADA))
    aws.recover()
    (ada,) = aws.stored()
    other.delete(ada)
    gone = visitor.send(unheard.form, 404)
    assert ADA["full_name"] in gone.page.text
    assert aws.stored() == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "passed"), [("refuse", 0), ("reset", 1), ("hang", 0), ("error", 1)]
)
def test_s3_that_fails_while_a_photo_is_saved_leaves_nothing_half_done(
    aws: Aws, fault: str, passed: int
) -> None:
    work = Work(aws)
    if fault == "error":
        aws.s3.on("PUT").answer(s3_error("InternalError", 500), after=passed)
    elif fault == "hang":
        aws.s3.on("PUT").hang(after=passed)
    elif fault == "reset":
        aws.s3.on("PUT").reset(after=passed)
    else:
        aws.s3.refuse()
    forms = [form.typed(**TYPED) for form in work.forms[:2]]
    photo = picture("PNG").read()
    answers = [
        visitor.ask_to_save(form, photo=photo)
        for visitor, form in zip(work.visitors, forms, strict=False)
    ]
    for answer in answers:
        assert answer.status == 503
        assert NOT_SAVED in answer.page.text
        assert "photo store is not responding" in answer.page.text
        assert "Choose the photo again" in answer.page.text
        assert answer.form.shows(TYPED)
    aws.recover()
    assert aws.stored() == work.before[0]
    sweep(aws)
    work.is_as_before()
    for visitor, answer in zip(work.visitors, answers, strict=False):
        visitor.send(answer.form, photo=photo)


@pytest.mark.slow
@pytest.mark.parametrize("fault", [access_denied, "reset"])
def test_a_database_that_fails_after_the_photo_was_put_leaves_no_orphan_after_the_sweep(
    aws: Aws, fault: str | Callable[[], object]
) -> None:
    work = Work(aws)
    rule = aws.database.on(WRITE)
    rule.reset() if isinstance(fault, str) else rule.answer(fault())  # type: ignore[arg-type]
    for visitor, form in zip(work.visitors[:2], work.forms, strict=False):
        answer = visitor.ask_to_save(form.typed(**TYPED), photo=picture("PNG"))
        assert answer.status == 503
        assert answer.form.shows(TYPED)
    aws.recover()
    if callable(fault):
        work.is_as_before()
    sweep(aws)
    work.is_as_before()


@pytest.mark.slow
def test_a_photo_that_cannot_be_removed_is_no_reason_to_refuse_a_save(aws: Aws) -> None:
    visitor = aws.visitor()
    ada = visitor.add(photo=picture())
    aws.s3.on("POST").answer(s3_error("AccessDenied", 403))
    visitor.save(visitor.form(f"/edit/{ada}"), photo=picture("PNG"))
    assert len(aws.photos()) == 4
    aws.recover()
    sweep(aws)
    assert len(aws.photos()) == 2


@pytest.mark.slow
def test_lists_and_people_are_shown_while_s3_is_down(aws: Aws) -> None:
    visitor = aws.visitor()
    ada = visitor.add(photo=picture())
    aws.s3.refuse()
    assert visitor.names() == [ADA["full_name"]]
    visitor.get(f"/employee/{ada}")
    visitor.save(visitor.form(f"/edit/{ada}"), job_title="Countess")
    assert visitor.ask("GET", "/readyz").status == 200


@pytest.mark.slow
def test_a_machine_that_starts_while_the_database_is_down_starts_and_then_works(aws: Aws) -> None:
    visitor = aws.visitor()
    form = visitor.form("/add").typed(**ADA)
    aws.database.refuse()
    started = aws.another_machine()
    visitor.move_to(started)
    assert visitor.ask("GET", "/healthz").status == 200
    assert visitor.ask("GET", "/readyz").status == 503
    lists_are_out([visitor.ask("GET", "/"), visitor.ask("GET", "/add")])
    answer = visitor.send(form, 503)
    assert NOT_SAVED in answer.page.text
    assert answer.form.shows(ADA)
    aws.recover()
    visitor.send(answer.form)


@pytest.mark.slow
def test_a_database_that_is_not_ready_is_told_without_its_place(laptop: Laptop) -> None:
    visitor = laptop.visitor()
    visitor.get("/")
    database = laptop.instance / "directory.db"
    hidden = database.rename(database.with_suffix(".away"))
    database.mkdir()
    answer = laptop.visitor(laptop.another_machine()).ask("GET", "/readyz")
    assert answer.status == 503
    database.rmdir()
    hidden.rename(database)


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Another process holds a write transaction."""
    command = [sys.executable, "-c", HOLD_THE_LOCK, str(database)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"locked\n"
        yield
        holder.communicate()


@pytest.mark.slow
def test_a_database_that_is_locked_by_another_program_is_read_and_not_written(
    laptop: Laptop,
) -> None:
    work = Work(laptop)
    with locked(laptop.instance / "directory.db"):
        *saves, page, person = work.all_at_once()
        assert (page.status, person.status) == (200, 200)
        assert ADA["full_name"] in page.text
        work.was_refused(saves)
    work.goes_on(saves)


@pytest.mark.slow
def test_a_short_lock_is_waited_for(laptop: Laptop) -> None:
    visitor = laptop.visitor()
    form = visitor.form("/add").typed(**ADA)
    with locked(laptop.instance / "directory.db"):
        saved = threading.Thread(target=lambda: visitor.send(form))
        saved.start()
        time.sleep(0.5)
    saved.join()
    assert len(laptop.stored()) == 1


@pytest.mark.slow
def test_a_full_disk_loses_nothing_and_leaves_nothing_half_done(
    laptop: Laptop, live_app: Callable[..., LiveApp]
) -> None:
    app = live_app(laptop.environment)
    visitor = laptop.visitor(app)
    form = visitor.form("/add")
    ada = visitor.save(form.typed(**ADA))
    edit = visitor.form(f"/edit/{ada}").typed(**TYPED)
    limit_files_of(app, 300_000)
    unread = visitor.send(edit, 503, photo=picture().read() + bytes(1_000_000))
    assert "cannot reach the disk" in unread.page.text
    answer = visitor.send(edit, 503, photo=noise())
    assert NOT_SAVED in answer.page.text
    assert answer.form.shows(TYPED)
    assert laptop.photos() == {}
    saved = 1
    refused: Answer | None = None
    while refused is None and saved < 60:
        form = visitor.form("/add").typed(**{**TYPED, "about": "x" * 2000})
        answer = visitor.ask_to_save(form)
        if answer.status == 303:
            saved += 1
        else:
            refused = answer
    assert refused is not None, "the disk never was full"
    assert refused.status == 503
    assert refused.form.shows({**TYPED, "about": "x" * 2000})
    assert len(visitor.names()) == saved
    limit_files_of(app, resource.RLIM_INFINITY)
    visitor.send(refused.form)
    assert len(visitor.names()) == saved + 1


def noise() -> bytes:
    """A photo that stays small on its way here, and that no file of 300 kB can hold."""
    image = Image.frombytes("RGB", (800, 800), os.urandom(1_920_000))
    return file_of(image, "JPEG", quality=60).read()


def limit_files_of(app: LiveApp, most: int) -> None:
    """No file that the app writes may grow larger, as on a disk that is full."""
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(app.server.pid)], capture_output=True, check=True
    )
    for pid in found.stdout.split():
        resource.prlimit(int(pid), resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_is_told_and_nothing_typed_is_lost(laptop: Laptop) -> None:
    visitor = laptop.visitor()
    visitor.add(photo=picture())
    form = visitor.form("/add").typed(**TYPED)
    laptop.app.extensions["directory"].employees.close()
    laptop.room.close()
    folders = [laptop.instance, *(each for each in laptop.instance.rglob("*") if each.is_dir())]
    paths = [each for each in laptop.instance.rglob("*") if each.is_file()]
    for path in (*paths, *folders):
        path.chmod(0o555 if path.is_dir() else 0o444)
    with powerless():
        visitor.move_to(laptop.another_machine())
        page = visitor.ask("GET", "/")
        answer = visitor.ask_to_save(form)
        with_photo = visitor.ask_to_save(form, photo=picture())
    for path in (*folders, *paths):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert page.status in (200, 503)
    assert not shows_no_one(page)
    for refused in (answer, with_photo):
        assert refused.status == 503
        assert NOT_SAVED in refused.page.text
        assert refused.form.shows(TYPED)
    visitor.send(answer.form)


@pytest.mark.slow
def test_an_instance_folder_that_cannot_be_made_lets_the_app_start_and_say_so(
    laptop: Laptop, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    lost = laptop.another_machine(INSTANCE_FOLDER=str(tmp_path / "file" / "instance"))
    visitor = laptop.visitor(lost)
    lists_are_out([visitor.ask("GET", "/")])
    assert visitor.ask("GET", "/healthz").status == 200
    assert visitor.ask("GET", "/info").status == 200


CAPABILITIES_VERSION_3 = 0x20080522
DAC_OVERRIDE_AND_READ_SEARCH = 0b110


@contextmanager
def powerless() -> Iterator[None]:
    """This thread is stopped by file modes, as root is not."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(CAPABILITIES_VERSION_3, 0)
    held = (ctypes.c_uint32 * 6)()
    assert libc.capget(header, held) == 0
    lowered = (ctypes.c_uint32 * 6)(*held)
    lowered[0] &= ~DAC_OVERRIDE_AND_READ_SEARCH
    assert libc.capset(header, lowered) == 0
    try:
        yield
    finally:
        assert libc.capset(header, held) == 0


@pytest.mark.slow
@pytest.mark.parametrize("answers", ["nothing", "slowly", "401", "HTML"])
def test_the_console_names_no_machine_that_the_metadata_service_does_not_name(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch, answers: str
) -> None:
    server = ImdsServer(("127.0.0.1", 0), Imds)
    server.seconds = 2 if answers == "slowly" else 0
    server.status = 401 if answers == "401" else 200
    server.document = "<!doctype html><title>Log in</title>" if answers == "HTML" else "{}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    monkeypatch.setattr(ec2_metadata, "_cache", TtlValue(ec2_metadata.RETRY_SECONDS))
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    endpoint = f"http://127.0.0.1:{server.server_port}/"
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint)
    if answers == "nothing":
        server.shutdown()
        server.server_close()
    answer = laptop.visitor().get("/info")
    server.shutdown()
    thread.join()
    server.server_close()
    assert "Not on EC2" in answer.page.text
    assert answer.seconds < 1 + LATE
