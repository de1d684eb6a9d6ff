"""Somebody who is signed in to a world, and the pages that they ask for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import quote

from app.access.viewer import Role
from app.accounts.sessions import Sessions
from app.contracts.accounts import Account, AccountExists
from app.secret_keys import SecretKeys
from app.settings import Settings
from app.storage import open_stores
from bench.asking import InTurn, Request
from bench.checkout import ROOT
from bench.rounds import Target
from bench.server import Server
from bench.worlds import World
from tests.support.environment import isolated

FIRST_PAGE, PERSON = "list, first page", "person"
SIGNED_IN = ", signed in"
_ACCOUNT = Account(id="bench", name="Ana Ruiz", email="ana@example.com", role=Role.EDITOR)


def signed_in_pages(server: Server, world: World) -> Iterator[Target]:
    """The first page of the list and people, as an editor sees them."""
    headers = {"Cookie": f"directory_who={_cookie(world)}"}
    people = (f"/employee/{quote(each.id)}" for each in world.loaded.employees)
    for name, paths in ((FIRST_PAGE, ["/"]), (PERSON, list(people))):
        requests = InTurn([Request(path, headers=headers) for path in paths])
        yield Target(name + SIGNED_IN, world.people, server, requests)


def _cookie(world: World) -> str:
    """The cookie of a session that has just begun, by a process with the settings of the world."""
    command = [sys.executable, "-m", "bench.signed_in"]
    env = isolated(dict(world.env))
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.split()[-1]


def main() -> None:
    """Print a cookie for the directory that the environment names."""
    settings = Settings.from_env(os.environ)
    stores = open_stores(settings)
    with suppress(AccountExists):  # in a world that was kept
        stores.accounts.add(_ACCOUNT)
    sessions = Sessions(stores.accounts, SecretKeys(settings, stores.employees).get, hours=12)
    print(sessions.begin(_ACCOUNT, how="bench"))


if __name__ == "__main__":
    main()
