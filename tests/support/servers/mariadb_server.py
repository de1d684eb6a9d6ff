"""MariaDB, with the defaults of an old server: its character set and its order are not ours."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL

from tests.support.needs import find
from tests.support.servers.server_process import HOST, ServerProcess, free_port
from tests.support.servers.sql_server import PASSWORD, SqlServer

PURPOSE = "a MariaDB server"
USER = "directory"
# What a test writes need not survive the machine.
IN_MEMORY = (
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-flush-method=nosync",
    "--innodb-doublewrite=0",
    "--innodb-buffer-pool-size=128M",
    "--innodb-log-file-size=32M",
)


@contextmanager
def running_mariadb(folder: Path) -> Iterator[SqlServer]:
    """A MariaDB of our own, with one user and one empty database; stopped at the end."""
    data, first = folder / "mariadb-data", folder / "first.sql"
    _temporary(data).mkdir()
    _make_data(data)
    first.write_text(
        f"CREATE DATABASE {USER};\n"
        f"CREATE USER {USER}@'%' IDENTIFIED BY '{PASSWORD}';\n"
        f"GRANT ALL ON *.* TO {USER}@'%';\n"
    )
    port = free_port()
    server = ServerProcess(
        [find("mariadbd", PURPOSE), *_options(data), f"--port={port}", f"--init-file={first}"],
        folder=folder,
        log=folder / "mariadb.log",
    )
    address = URL.create("mysql+pymysql", USER, PASSWORD, HOST, port, USER)
    try:
        made = SqlServer(address)
        server.wait_until(made.answers)
        yield made
    finally:
        server.stop(seconds=2)


def _options(data: Path) -> list[str]:
    return [
        "--no-defaults",
        *_as_root(),
        f"--datadir={data}",
        f"--tmpdir={_temporary(data)}",
        f"--bind-address={HOST}",
        f"--socket={data / 's'}",
        "--skip-name-resolve",
        "--skip-log-bin",
        "--character-set-server=latin1",
        *IN_MEMORY,
    ]


def _temporary(data: Path) -> Path:
    """Of this server alone: one that starts removes the temporary tables that lie in its folder."""
    return data.with_name("mariadb-tmp")


def _make_data(data: Path) -> None:
    install = find("mariadb-install-db", PURPOSE)
    places = [f"--datadir={data}", f"--tmpdir={_temporary(data)}"]
    options = [*_as_root(), *places, "--auth-root-authentication-method=normal"]
    command = [install, "--no-defaults", *options, "--skip-test-db", "--skip-name-resolve"]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        raise AssertionError(f"mariadb-install-db: {made.stdout[-2000:]}{made.stderr[-2000:]}")


def _as_root() -> list[str]:
    """MariaDB runs as root only if it is told so; the folders of the tests are root's own."""
    return ["--user=root"] if os.geteuid() == 0 else []
