"""The documents tell of every setting, command and dependency, and of nothing that is not there."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

import click

from app import commands
from app.settings import Settings
from tests.support.repository import ROOT

README = (ROOT / "README.md").read_text()
ADMINISTRATION = (ROOT / "docs" / "administration.md").read_text()
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
CI = (ROOT / ".ci" / "run").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def section(document: str, heading: str) -> str:
    """What stands under a heading, up to the next of its level."""
    return re.split(r"^## ", document.split(f"## {heading}\n")[1], maxsplit=1, flags=re.MULTILINE)[
        0
    ]


def offered() -> dict[str, click.Command]:
    """The commands that the program adds to flask's own, by name."""

    class Collecting:
        cli: Collecting
        found: dict[str, click.Command]

        def add_command(self, command: click.Command) -> None:
            self.found[str(command.name)] = command

    app = Collecting()
    app.cli, app.found = app, {}
    commands.register(app)  # type: ignore[arg-type]
    return app.found


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
    lines = section(ADMINISTRATION, "Settings").splitlines()
    rows = [line.split("|")[1] for line in lines if line.startswith("| `")]
    told = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}
    assert told == environment.asked


def test_the_table_of_commands_is_what_flask_offers() -> None:
    told = section(ADMINISTRATION, "Commands")
    assert set(re.findall(r"^\| `flask ([a-z-]+)", told, re.MULTILINE)) == set(offered())


def test_the_table_of_commands_names_every_option_and_no_other() -> None:
    table = section(ADMINISTRATION, "Commands")
    for name, line in re.findall(r"^\| `flask ([a-z-]+)(.*)", table, re.MULTILINE):
        options = {
            parameter.opts[0]  # old spellings follow it, and are not shown
            for parameter in offered()[name].params
            if isinstance(parameter, click.Option)
        }
        assert set(re.findall(r"--[a-z-]+", line)) == options, name


def test_every_direct_dependency_is_pinned_and_has_its_reason() -> None:
    direct = (ROOT / "requirements.txt").read_text().split("\n\n")
    table = section(ARCHITECTURE, "Dependencies")
    told = {name.lower() for name in re.findall(r"^\| ([A-Za-z0-9-]+) \|", table, re.M)}
    told.discard("package")
    named = {
        match.lower()
        for paragraph in direct
        for match in re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[a-z,]+\])?==\S+ +#", paragraph, re.M)
    }
    assert told == named


def test_the_readme_has_at_most_900_words_and_leads_to_every_document() -> None:
    assert len(README.split()) <= 900
    documents = [f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")]
    for name in (*documents, "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "LICENSE"):
        assert f"({name})" in README


def test_a_page_in_ec2_takes_at_most_six_steps_from_this_repository() -> None:
    readme = (ROOT / "README.md").read_text()
    steps = readme.partition("From this repository to a page in EC2")[2].partition("\nOr on")[0]
    assert re.findall(r"^(\d+)\. ", steps, re.MULTILINE) == list("123456")
    for named in ("APP_ARCHIVE=", "APP_SHA256=", "DYNAMO_MODE=off"):
        assert named in steps
        assert named.partition("=")[0] in (ROOT / "deploy/user-data-al2023.sh").read_text()


def test_the_picture_at_the_top_is_there() -> None:
    (picture,) = re.findall(r"!\[[^]]+]\(([^)]+)\)", README)
    assert (ROOT / picture).stat().st_size > 20_000


def test_the_diagram_draws_the_layers_that_the_linter_checks() -> None:
    svg = ElementTree.parse(ROOT / "docs" / "architecture.svg")
    name = "{http://www.w3.org/2000/svg}text"
    drawn = [
        {text.text for text in layer.iter(name) if text.get("class") in ("n", "cn")}
        for layer in svg.iter("{http://www.w3.org/2000/svg}g")
    ]
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    (layers,) = (each["layers"] for each in contracts if each.get("containers") == ["app"])
    assert drawn == [set(layer.split(" | ")) for layer in layers]


def test_every_room_of_the_application_is_described() -> None:
    rooms = section(ARCHITECTURE, "The rooms")
    for path in (ROOT / "app").iterdir():
        if path.suffix == ".py" or (path / "__init__.py").is_file():
            name = path.name if path.suffix == ".py" else f"{path.name}/"
            assert f"`{name}`" in rooms, name


def test_the_changelog_tells_of_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    headings = re.findall(r"^## (.+)$", changelog, re.MULTILINE)
    assert headings[0] == "[Unreleased]"
    assert re.fullmatch(
        rf"\[{re.escape(PROJECT['project']['version'])}] - \d{{4}}-\d\d-\d\d", headings[1]
    )


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert "    make test  " in README
    (recipe,) = re.findall(r"^test:.*\n\t@\$\(PYTEST\) (.*) \$\(ARGS\)$", MAKEFILE, re.MULTILINE)
    (last,) = re.findall(r"python -m pytest (.*)$", CI, re.MULTILINE)
    assert recipe.replace("$(WORKERS)", "N") == re.sub(r'"\$\{WORKERS:-\d+\}"', "N", last)
