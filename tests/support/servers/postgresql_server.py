"""PostgreSQL, with a default order of texts that is not ours."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL

from tests.support.needs import find
from tests.support.servers.server_process import HOST, ServerProcess, as_user, free_port
from tests.support.servers.sql_server import PASSWORD, SqlServer

PURPOSE = "a PostgreSQL server"
USER = "directory"
# What a test writes need not survive the machine.
IN_MEMORY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@contextmanager
def running_postgresql(folder: Path) -> Iterator[SqlServer]:
    """A PostgreSQL of our own, with one user and one empty database; stopped at the end."""
    # It refuses to run as root, and another user may not enter the folders of root's tests.
    with tempfile.TemporaryDirectory(prefix="postgresql-") as home:
        user = "nobody" if os.geteuid() == 0 else ""
        if user:
            shutil.chown(home, user)
        data = Path(home, "data")
        _make_data(data, user)
        port = free_port()
        server = ServerProcess(
            [find("postgres", PURPOSE), "-D", str(data), *_options(home, port)],
            folder=Path(home),
            log=folder / "postgresql.log",
            user=user,
        )
        try:
            made = SqlServer(URL.create("postgresql+psycopg", USER, PASSWORD, HOST, port, USER))
            first = SqlServer(made.address.set(database="postgres"))
            server.wait_until(first.answers)
            first.run(f"CREATE DATABASE {USER}")
            yield made
        finally:
            server.stop(seconds=2, ask=signal.SIGINT)  # does not wait for those who are connected


def _options(home: str, port: int) -> list[str]:
    values = [
        f"listen_addresses={HOST}",
        f"port={port}",
        f"unix_socket_directories={home}",
        *IN_MEMORY,
    ]
    return [part for value in values for part in ("-c", value)]


def _make_data(data: Path, user: str) -> None:
    """Everybody needs the password, and `a` sorts before `B`, as in a dictionary."""
    password = data.with_name("password")
    password.write_text(PASSWORD)
    password.chmod(0o644)
    command = [
        *_becoming(user),
        find("initdb", PURPOSE),
        f"--pgdata={data}",
        f"--username={USER}",
        "--auth=scram-sha-256",
        f"--pwfile={password}",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=icu",
        "--icu-locale=en-US",
        "--no-sync",
    ]
    made = subprocess.run(command, cwd=data.parent, capture_output=True, text=True, check=False)
    if made.returncode:
        raise AssertionError(f"initdb: {made.stdout[-2000:]}{made.stderr[-2000:]}")


def _becoming(user: str) -> list[str]:
    return [find("setpriv", PURPOSE), *as_user(user), "--"] if user else []
