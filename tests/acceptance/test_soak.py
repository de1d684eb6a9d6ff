"""Thirty thousand requests of all kinds, while faults of both stores come and go."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import urllib3

from app.history.changes import Write
from app.model.employee import Employee
from tests.support.acceptance.crowd import NO_ANSWER, Asked
from tests.support.acceptance.visitors import ADA, Answer, Form, Visitor, employee_id_in
from tests.support.acceptance.worlds import Aws
from tests.support.aws_errors import s3_error, server_error, throttled
from tests.support.pictures import picture
from tests.support.servers.live_app import LiveApp

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

REQUESTS = 30_000
# By then most faults have come once, and every cache is filled.
WARM_REQUESTS = 20_000
FAULT_SECONDS = 1.5
QUIET_SECONDS = 4.0
# An answer of the database itself takes a hundredth of this, unless the machine stands still.
STALL_SECONDS, LOOK_SECONDS = 0.5, 0.1
# Until it is known that the store works again, on a busy machine.
RECOVERED_SECONDS = 3.0
GROWTH, GROWTH_MB = 1.15, 10
NEEDS_NO_STORE = ("/healthz", "/static/")
# What a reader asks for, in this order again and again; {} is a static file.
CHEAP = ("/healthz", "{}", "/healthz", "/employee/p1", "{}", "/healthz", "/employee/p2", "{}")
PAGES = ("/", "/?q=ada", "/?location=London", "/add", "/insights", "/edit/p3")


class Fault(NamedTuple):
    """A time in which a store failed, monotonic, with the time that it takes to notice its end."""

    name: str
    begin: float
    end: float


class Faults:
    """Switches one fault on after another, each for a while, until it is stopped.

    Beside them it notes when the machine stood still: a busy one stops everything for seconds, also
    the database, and what fails then is no fault of the application.
    """

    def __init__(self, aws: Aws) -> None:
        database, s3 = aws.database, aws.s3
        self._aws = aws
        self.kinds: dict[str, Callable[[], object]] = {
            "database hangs": lambda: database.seize("*").hang(),
            "S3 hangs": lambda: s3.seize("*").hang(),
            "database resets": lambda: database.seize("*").reset(),
            "S3 is slow down": lambda: s3.on("*").answer(s3_error("SlowDown", 503)),
            "database refuses": database.refuse,
            "database loses replies": lambda: database.on("*").lose_reply(),
            "S3 refuses": s3.refuse,
            "database has errors": lambda: database.on("*").answer(server_error()),
            "database throttles": lambda: database.on("*").answer(throttled()),
        }
        self.past: list[Fault] = []
        self.stalls: list[Fault] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._watch = threading.Thread(target=self._note_stalls, daemon=True)

    def __enter__(self) -> Faults:
        self._thread.start()
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._watch.join()
        self._aws.recover()

    @property
    def all_came(self) -> bool:
        """Whether each fault was on at least once, or its switch is broken."""
        return len(self.past) >= len(self.kinds) or not self._thread.is_alive()

    def explain(self, asked: Asked) -> bool:
        """Whether a fault of a store that this address needs was on while it was asked."""
        if asked.address.startswith(NEEDS_NO_STORE):
            return False
        return any(
            asked.at < fault.end and asked.answered_at > fault.begin
            for fault in (*self.past, *self.stalls)
            if fault.name.startswith("database") or asked.address == "save with photo"
        )

    def _note_stalls(self) -> None:
        """Read from the database, past all faults, again and again."""
        looked = time.monotonic()
        while not self._stop.wait(LOOK_SECONDS):
            self._aws.store.get("p1")
            now = time.monotonic()
            if now - looked > LOOK_SECONDS + STALL_SECONDS:
                self.stalls.append(Fault("database stands still", looked, now + RECOVERED_SECONDS))
            looked = now

    def _run(self) -> None:
        for name, begin in itertools.cycle(self.kinds.items()):
            if self._stop.wait(QUIET_SECONDS):
                return
            started = time.monotonic()
            begin()
            self._stop.wait(FAULT_SECONDS)
            self._aws.recover()
            self.past.append(Fault(name, started, time.monotonic() + RECOVERED_SECONDS))


class Soak:
    """Readers and editors at one server, until all requests are made."""

    def __init__(self, app: LiveApp, aws: Aws, faults: Faults) -> None:
        self._app = app
        self._faults = faults
        self._aws = aws
        self._left = itertools.count(1)
        self.asked: list[Asked] = []
        self.problems: list[str] = []
        page = urllib3.request("GET", f"{app.url}/add", timeout=60, retries=False).data.decode()
        self._style = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
        self.warm_mb = 0.0

    def run(self) -> None:
        """Six readers and two editors; returns when everyone has finished."""
        threads = [threading.Thread(target=self._read, args=(number,)) for number in range(6)]
        threads += [threading.Thread(target=self._edit, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _next(self) -> bool:
        number = next(self._left)
        if number == WARM_REQUESTS:
            self.warm_mb = memory_mb(self._app)
        # A turn of an editor counts too, so there are more turns than requests.
        return number <= REQUESTS * 1.05 or not self._faults.all_came

    def _read(self, reader: int) -> None:
        pages = (*PAGES, "/export.csv") if reader == 0 else PAGES
        expensive = itertools.cycle(pages)
        with urllib3.PoolManager(retries=False, timeout=60) as pool:
            for turn in itertools.count():
                if not self._next():
                    return
                kind = CHEAP[turn % len(CHEAP)] if turn % 10 else next(expensive)
                self._ask(pool, self._style if kind == "{}" else kind)

    def _ask(self, pool: urllib3.PoolManager, address: str) -> None:
        began = time.monotonic()
        try:
            status = pool.request("GET", f"{self._app.url}{address}").status
        except urllib3.exceptions.HTTPError:
            status = NO_ANSWER  # a download that broke off, or worse
        self.asked.append(Asked(began, address, status, time.monotonic() - began))

    def _edit(self, number: int) -> None:
        visitor = self._aws.visitor(self._app)
        try:
            for turn in itertools.count():
                if not self._next():
                    return
                self._save(visitor, f"Soak {number} {turn}", with_photo=turn % 5 == 0)
        except AssertionError as error:
            self.problems.append(repr(error)[:500])

    def _save(self, visitor: Visitor, name: str, *, with_photo: bool) -> None:
        """Add somebody, edit them, and delete every other one; each until it is done."""
        photo = picture().read() if with_photo else None
        form = self._form(visitor, "/add").typed(**{**ADA, "full_name": name})
        employee_id = employee_id_in(self._until_saved(visitor, form, photo))
        form = self._form(visitor, f"/edit/{employee_id}").typed(job_title="Editor")
        self._until_saved(visitor, form)
        if name.endswith(("1", "3", "5", "7", "9")):
            self._until_saved(visitor, self._form(visitor, f"/delete/{employee_id}"))

    def _form(self, visitor: Visitor, address: str) -> Form:
        return self._until(lambda: visitor.ask("GET", address), 200, "form").form

    def _until_saved(self, visitor: Visitor, form: Form, photo: bytes | None = None) -> Answer:
        address = "save with photo" if photo else "save"
        return self._until(lambda: visitor.ask_to_save(form, photo=photo), 303, address)

    def _until(self, ask: Callable[[], Answer], status: int, address: str) -> Answer:
        """Ask again, as a person does, for as long as the store does not respond."""
        while True:
            began = time.monotonic()
            answer = ask()
            self.asked.append(Asked(began, address, answer.status, answer.seconds))
            self._next()
            assert answer.status in (status, 503), (address, answer.status, answer.text[:300])
            if answer.status == status:
                return answer
            time.sleep(0.5)


def memory_mb(app: LiveApp) -> float:
    """Proportional set size of the server and its workers."""
    master = app.server.pid
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    lines = [
        line
        for process in (master, *children)
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    ]
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def test_thirty_thousand_requests_while_faults_come_and_go(
    aws: Aws, live_app: Callable[..., LiveApp], record_property: Callable[[str, object], None]
) -> None:
    for number in range(30):
        person = Employee(id=f"p{number}", full_name=f"Ada {number}", location="London")
        aws.room.store.add(person, Write(f"write-{number}"))
    app = live_app(aws.environment, workers=2, threads=8)
    faults = Faults(aws)
    soak = Soak(app, aws, faults)
    began = time.monotonic()
    with faults:
        soak.run()
    assert soak.problems == []
    assert len(aws.stored()) == 30 + len(aws.ledger.people)  # each person once
    always = [each for each in soak.asked if each.address.startswith(NEEDS_NO_STORE)]
    assert {each.status for each in always} == {200}
    assert len(always) > REQUESTS / 2
    failed = [each for each in soak.asked if each.status >= 500 or each.status == NO_ANSWER]
    assert [each for each in failed if not faults.explain(each)] == []
    assert {each.status for each in failed} <= {503, NO_ANSWER}
    assert {each.address for each in failed if each.status == NO_ANSWER} <= {"/export.csv"}
    assert len(soak.asked) >= REQUESTS
    assert {fault.name for fault in faults.past} == set(faults.kinds)
    final_mb = memory_mb(app)
    assert final_mb < soak.warm_mb * GROWTH + GROWTH_MB
    record_property("seconds", round(time.monotonic() - began))
    record_property("requests by status", dict(Counter(each.status for each in soak.asked)))
    record_property("faults, and stalls of the machine", (len(faults.past), len(faults.stalls)))
    record_property("MB when warm, at the end", (round(soak.warm_mb), round(final_mb)))
