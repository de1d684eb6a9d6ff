"""The README tells of every setting, command and dependency, and of nothing that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from app import commands
from app.settings import Settings
from tests.support.repository import ROOT

README = (ROOT / "README.md").read_text()


class Listening(Mapping[str, str]):
    """An environment that remembers what was asked for."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
        self.asked.add(name)
        return "some" if name.startswith("DATABASE_") and name != "DATABASE_URL" else default

    def __getitem__(self, name: str) -> str:
        return self.get(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def test_the_table_of_settings_is_what_the_program_reads() -> None:
    environment = Listening()
    Settings.from_env(environment)
    section = README.split("## Settings")[1].split("## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    told = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}
    assert told == environment.asked


def test_the_table_of_commands_is_what_flask_offers() -> None:
    class Collecting:
        cli: Collecting
        names: set[str]

        def add_command(self, command: object) -> None:
            self.names.add(getattr(command, "name", ""))

    app = Collecting()
    app.cli, app.names = app, set()
    commands.register(app)  # type: ignore[arg-type]
    section = README.split("## Commands")[1].split("## ")[0]
    assert set(re.findall(r"^\| `flask ([a-z-]+)", section, re.M)) == app.names


def test_every_direct_dependency_is_pinned_and_has_its_reason() -> None:
    direct = (ROOT / "requirements.txt").read_text().split("\n\n")
    section = README.split("## Dependencies")[1].split("## ")[0]
    told = {name.lower() for name in re.findall(r"^\| ([A-Za-z0-9-]+) \|", section, re.M)}
    told.discard("package")
    named = {
        match.lower()
        for paragraph in direct
        for match in re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[a-z,]+\])?==\S+ +#", paragraph, re.M)
    }
    assert told == named


def test_the_picture_at_the_top_is_there() -> None:
    picture, *others = re.findall(r"!\[[^]]+]\(([^)]+)\)", README)
    assert (ROOT / picture).stat().st_size > 20_000
    assert all((ROOT / other).stat().st_size for other in others)
