"""What is peculiar to database servers: addresses, locks, faults, and who else writes there."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import Connection, create_engine, event, inspect, make_url, text
from sqlalchemy.pool import NullPool

from app.contracts import Query
from app.history.changes import Write
from app.model.errors import EditConflict, StorageUnavailable
from app.model.revision import revision_of
from app.runtime import deadline
from app.settings import Settings
from app.storage import open_stores
from app.storage.sql import SqlStore, open_sql_store, schema
from app.storage.sql.engines import database, server
from app.storage.sql.tables import metadata
from tests.support.in_time import assert_ends_within, wait_until
from tests.support.servers.sql_server import PASSWORD, SqlServer
from tests.support.servers.tcp_relay import TcpRelay
from tests.support.small_app import small_app
from tests.support.stores.people import add, found, new_write_id, person
from tests.support.stores.sql_binding import ServerRoom

pytestmark = pytest.mark.slow

KINDS = ("mariadb", "postgresql")
NUMBER_OF_CONNECTION = {
    "mariadb": "SELECT connection_id()",
    "postgresql": "SELECT pg_backend_pid()",
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def running(request: pytest.FixtureRequest, kind: str) -> SqlServer:
    return request.getfixturevalue(kind)


@pytest.fixture
def room(running: SqlServer) -> Iterator[ServerRoom]:
    opened = ServerRoom(running)
    yield opened
    opened.close()


@pytest.fixture
def relay(running: SqlServer) -> Iterator[TcpRelay]:
    assert running.address.port
    opened = TcpRelay(running.address.port)
    yield opened
    opened.stop()


@pytest.fixture
def far(room: ServerRoom, relay: TcpRelay) -> Iterator[SqlStore]:
    """The same database by way of the relay."""
    url = make_url(room.url).set(port=relay.port)
    opened = open_sql_store(url.render_as_string(hide_password=False))
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("written", "driver"),
    [("mysql", "mysql+pymysql"), ("mariadb", "mysql+pymysql"), ("mysql+pymysql", "mysql+pymysql"),
     ("postgres", "postgresql+psycopg"), ("postgresql", "postgresql+psycopg"),
     ("postgresql+psycopg", "postgresql+psycopg")],
)  # fmt: skip
def test_each_way_to_write_an_address_names_its_driver(written: str, driver: str) -> None:
    url = database.read_url(f"{written}://bob:secret@db.internal/people?charset=latin1")
    assert (url.drivername, url.host, url.database) == (driver, "db.internal", "people")


def test_the_course_names_open_a_mysql_server(mariadb: SqlServer, tmp_path: Path) -> None:
    settings = Settings.from_env(
        {
            "INSTANCE_FOLDER": str(tmp_path),
            "DATABASE_HOST": f"{mariadb.address.host}:{mariadb.address.port}",
            "DATABASE_USER": str(mariadb.address.username),
            "DATABASE_PASSWORD": PASSWORD,
            "DATABASE_DB_NAME": str(make_url(mariadb.make_database()).database),
        }
    )
    store = open_stores(settings).employees
    assert isinstance(store, SqlStore)
    (said,) = store.set_up()
    assert said.endswith("on 127.0.0.1 were created.")
    assert PASSWORD not in said
    add(store, person("1", "Ada 😀"))
    assert store.get("1").full_name == "Ada 😀"
    store.close()


def test_the_migrations_make_the_tables_that_the_code_uses(running: SqlServer) -> None:
    by_steps, at_once = running.make_database(), running.make_database()
    store = open_sql_store(by_steps)
    store.set_up()
    store.close()
    seen = []
    for url in (by_steps, at_once):
        engine = create_engine(url, poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
            metadata.create_all(connection)
            looks = ("get_columns", "get_pk_constraint", "get_indexes", "get_table_options")
            made = inspect(connection)
            names = sorted(made.get_table_names())
            seen.append({(n, look): str(getattr(made, look)(n)) for n in names for look in looks})
    assert seen[0] == seen[1]


def test_several_machines_may_set_up_at_once(running: SqlServer) -> None:
    url = running.make_database()
    machines = [open_sql_store(url) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        said = list(pool.map(SqlStore.set_up, machines))
    assert sum(map(len, said)) == 1
    for each in machines:
        each.check()
        each.close()


def test_an_upgrade_leaves_the_version_that_the_first_release_looks_for(running: SqlServer) -> None:
    url = running.make_database()
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        schema.upgrade_tables(connection, "0005")
        connection.commit()
    store = open_sql_store(url)
    [sentence] = store.set_up()
    assert f"from version 0005 to {schema.newest_version()}" in sentence
    store.check()
    assert store.set_up() == []
    with engine.connect() as connection:
        read = text("SELECT version_num FROM alembic_version")
        assert connection.execute(read).scalar() == "0005"
    store.close()


def test_ids_that_differ_in_case_accent_or_a_blank_are_different_people(room: ServerRoom) -> None:
    ids = ("a", "A", "á", "a ", "ａ")
    add(room.store, *(person(each, f"Ada {each!r}", location="x") for each in ids))
    assert len(found(room.store, location="x")) == len(ids)
    assert [room.store.get(each).id for each in ids] == list(ids)


def test_an_edit_that_another_program_has_not_yet_committed_is_not_lost(room: ServerRoom) -> None:
    (ada,) = add(room.store, person("1", "Ada"))
    engine = create_engine(room.url, poolclass=NullPool)
    wanted = replace(ada, location="Lisbon")
    with ThreadPoolExecutor(1) as pool:
        with engine.begin() as other:
            other.execute(text("UPDATE person SET job_title = 'Countess' WHERE id = '1'"))
            saving = pool.submit(room.store.update, wanted, revision_of(ada), Write(new_write_id()))
            with pytest.raises(TimeoutError):
                saving.result(0.5)  # it waits for the other
        with pytest.raises(EditConflict) as conflict:
            saving.result()
    assert conflict.value.stored.job_title == "Countess"


UNDO = {
    "mariadb": "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213",
    "postgresql": "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$",
}


@pytest.fixture
def undone(kind: str, room: ServerRoom) -> Iterator[list[int]]:
    """Writes of a person's row end as a deadlock does, as often as the number in the list says."""
    left = [0]
    engine = room.store.database._engine

    def collide(connection: Connection, cursor, statement, *rest) -> None:
        if left[0] and statement.startswith("UPDATE person"):
            left[0] -= 1
            connection.exec_driver_sql(UNDO[kind])

    event.listen(engine, "before_cursor_execute", collide)
    yield left
    event.remove(engine, "before_cursor_execute", collide)


def test_a_write_that_was_undone_for_another_is_tried_again(
    room: ServerRoom, undone: list[int]
) -> None:
    (ada,) = add(room.store, person("1", "Ada"))
    undone[0] = database.MAX_ATTEMPTS - 1
    stored = room.store.update(
        replace(ada, location="Faro"), revision_of(ada), Write(new_write_id())
    )
    assert (stored.version, found(room.store, location="faro")) == (2, ["Ada"])


def test_a_write_that_is_undone_each_time_says_so_and_is_not_there(
    room: ServerRoom, undone: list[int]
) -> None:
    (ada,) = add(room.store, person("1", "Ada"))
    undone[0] = 1_000
    with pytest.raises(StorageUnavailable) as error:
        room.store.update(replace(ada, location="Faro"), revision_of(ada), Write(new_write_id()))
    assert not error.value.maybe_written
    assert room.store.get("1") == ada


def test_a_commit_without_an_answer_may_be_done_and_is_known_when_it_comes_again(
    far: SqlStore, relay: TcpRelay, kind: str
) -> None:
    relay.lose_the_answer_to({"mariadb": b"\x03COMMIT", "postgresql": b"COMMIT\0"}[kind])
    ada, write_id = person("1", "Ada"), new_write_id()
    with pytest.raises(StorageUnavailable) as error:
        far.add(ada, Write(write_id))
    assert error.value.maybe_written
    relay.recover()
    assert far.add(ada, Write(write_id)).version == 1
    assert found(far) == ["Ada"]


def test_a_statement_without_an_answer_was_not_done(far: SqlStore, relay: TcpRelay) -> None:
    relay.lose_the_answer_to(b"INSERT INTO person")
    with pytest.raises(StorageUnavailable) as error:
        far.add(person("1", "Ada"), Write(new_write_id()))
    assert not error.value.maybe_written
    relay.recover()
    assert far.facets().total == 0


def test_a_server_that_falls_silent_is_waited_for_no_longer_than_the_request_lasts(
    far: SqlStore, relay: TcpRelay
) -> None:
    far.check()
    relay.hang()
    calls = (
        lambda: far.get("1"),
        lambda: far.browse(Query()),
        lambda: far.add(person("1"), Write("w")),
    )
    for call in calls:  # the first on a connection that was open, the others on new ones
        deadline.start(0.3)
        with pytest.raises(StorageUnavailable, match="the database"):
            call()
        assert deadline.remaining() <= 0.25
    deadline.start()
    relay.recover()
    assert far.facets().total == 0


def test_after_a_hang_calls_fail_at_once_until_the_server_answers(
    far: SqlStore, relay: TcpRelay
) -> None:
    far.check()
    relay.hang()

    def fail() -> None:
        with deadline.within(8.0), pytest.raises(StorageUnavailable, match="again each second"):
            far.browse(Query())

    with deadline.within(8.0), pytest.raises(StorageUnavailable) as first:
        far.get("1")
    assert not first.value.maybe_written
    assert_ends_within(1.0, fail)
    with deadline.within(8.0), pytest.raises(StorageUnavailable) as refused:
        far.add(person("1"), Write(new_write_id()))
    assert not refused.value.maybe_written
    assert PASSWORD not in str(refused.value)
    relay.recover()
    with deadline.within(8.0):
        assert far.add(person("1"), Write(new_write_id())).version == 1


def test_a_call_without_a_deadline_is_refused_by_no_circuit(
    far: SqlStore, relay: TcpRelay, room: ServerRoom
) -> None:
    far.check()
    relay.hang()
    with deadline.within(8.0), pytest.raises(StorageUnavailable):
        far.browse(Query())
    assert far.database._breaker.is_open
    with ThreadPoolExecutor(1) as command:
        counted = command.submit(far.facets)
        wait_until(lambda: counted.running())
        relay.answer_late()
        assert counted.result(60).total == 0


def test_a_server_that_hangs_at_the_start_does_not_stop_it(far: SqlStore, relay: TcpRelay) -> None:
    relay.hang()
    with pytest.raises(StorageUnavailable):
        assert_ends_within(server.MAX_CONNECT_SECONDS + 1, far.set_up)


def test_a_connection_that_was_cut_while_nobody_used_it_costs_no_request(
    far: SqlStore, relay: TcpRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    far.check()
    monkeypatch.setattr(server, "IDLE_SECONDS", -1.0)
    relay.recover()
    far.check()


def test_a_connection_that_the_server_ended_costs_no_request(
    room: ServerRoom, running: SqlServer, kind: str
) -> None:
    end = {"mariadb": "KILL {}", "postgresql": "SELECT pg_terminate_backend({}, 5000)"}
    for people in range(3):
        with room.store.database.reading("test") as connection:
            number = connection.exec_driver_sql(NUMBER_OF_CONNECTION[kind]).scalar()
        running.run(end[kind].format(number))
        wait_until(lambda: not is_there(room, kind, number))  # noqa: B023
        assert room.store.facets().total == people
        add(room.store, person(f"p{people}", "Ada"))


def test_a_connection_that_is_in_use_when_its_store_is_closed_is_closed_afterwards(
    room: ServerRoom, kind: str
) -> None:
    store = room.open_another()
    with store.database.reading("test") as connection:
        number = connection.exec_driver_sql(NUMBER_OF_CONNECTION[kind]).scalar()
        store.close()
        assert is_there(room, kind, number)
    wait_until(lambda: not is_there(room, kind, number))
    with store.database.reading("late") as connection:  # as a thread of its application may
        number = connection.exec_driver_sql(NUMBER_OF_CONNECTION[kind]).scalar()
    wait_until(lambda: not is_there(room, kind, number))


def is_there(room: ServerRoom, kind: str, number: int) -> bool:
    """Whether the server still has this connection; asked on another one."""
    asked = {
        "mariadb": "SELECT count(*) FROM information_schema.processlist WHERE id = {}",
        "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE pid = {}",
    }
    engine = create_engine(room.url, poolclass=NullPool)
    with engine.connect() as connection:
        return bool(connection.execute(text(asked[kind].format(number))).scalar())


def test_an_option_that_the_driver_does_not_know_is_told_and_no_other_database_is_used(
    tmp_path: Path,
) -> None:
    app = small_app(tmp_path, DATABASE_URL="mysql://u:p@127.0.0.1/d?foo=bar&ssl_ca=/etc/ca.pem")
    (problem,) = app.extensions["settings"].wrong_values
    assert "PyMySQL does not know: foo" in problem
    answer = app.test_client().get("/")
    assert answer.status_code == 503
    assert "PyMySQL does not know: foo" in answer.text


@pytest.mark.parametrize(("seconds", "limits"), [(8, {"5s", "5.0"}), (float("inf"), {"0", "0.0"})])
def test_what_a_request_gave_up_the_server_ends_by_itself(
    room: ServerRoom, kind: str, seconds: float, limits: set[str]
) -> None:
    asked = {"mariadb": "SELECT @@max_statement_time", "postgresql": "SHOW statement_timeout"}
    deadline.start(seconds)
    with room.store.database.reading("test") as connection:
        assert str(connection.exec_driver_sql(asked[kind]).scalar()) in limits


def test_a_server_that_is_gone_is_told_of_by_every_page_and_by_the_doctor(
    far: SqlStore, relay: TcpRelay, tmp_path: Path
) -> None:
    url = far.database.url.render_as_string(hide_password=False)
    app = small_app(tmp_path, DATABASE_URL=url)
    client = app.test_client()
    assert client.get("/readyz").status_code == 200
    app.extensions["readiness"]._states.expire()
    relay.refuse()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    page = client.get("/")
    assert page.status_code == 503
    told = app.test_cli_runner().invoke(args=["doctor"])
    assert told.exit_code == 1
    assert "FAILED   Records: MySQL" in told.output or "FAILED   Records: PostgreSQL" in told.output
    assert "Check that the server is running" in told.output
    secrets = (PASSWORD, quote(PASSWORD), quote(PASSWORD, safe=""))
    assert not [each for each in secrets if each in answer.text + page.text + told.output]
    relay.recover()
    assert client.get("/").status_code == 200
    app.extensions["directory"].employees.close()
