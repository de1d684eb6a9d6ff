"""``flask export`` writes the files of the pages; a file is whole, or it stays as it was."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import Result

from app.contracts import Batch
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from tests.support.model_store import ModelStore
from tests.support.repository import ROOT
from tests.support.small_app import small_app, stores_of
from tests.support.small_directory import AMARA

BOB = Employee(id="bob", full_name="Bob", location="Lima", job_title="Analyst", department="Sales")


@pytest.fixture
def store() -> ModelStore:
    store = ModelStore()
    list(store.add_many([AMARA, BOB]))
    return store


def export(store: ModelStore, folder: Path, *command: str) -> Result:
    app = small_app(folder / "instance", stores_of(store, None, "Photos are off."))
    return app.test_cli_runner().invoke(args=["export", *command])


@pytest.mark.parametrize(
    ("name", "begins"),
    [("a.csv", b"\xef\xbb\xbfId,"), ("A.XLSX", b"PK"), ("a.jsonl", b'{"id":'), ("a.vcf", b"BEGIN")],
)
def test_the_ending_of_a_file_says_what_it_is(
    store: ModelStore, tmp_path: Path, name: str, begins: bytes
) -> None:
    result = export(store, tmp_path, str(tmp_path / name))
    assert result.exit_code == 0, result.output
    assert result.stderr.endswith(f"Exported 2 people to {tmp_path / name}.\n")
    assert (tmp_path / name).read_bytes().startswith(begins)


@pytest.mark.parametrize(
    "conditions",
    [
        ["--search", "bo"], ["--letter", "B"], ["--location", "LIMA"], ["--department", "sales"],
        ["--title", "analyst"], ["--letter", "b", "--search", "lima"],
    ],
)  # fmt: skip
def test_conditions_leave_those_who_meet_them(
    store: ModelStore, tmp_path: Path, conditions: list[str]
) -> None:
    result = export(store, tmp_path, "-", "--as", "jsonl", *conditions)
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["bob"]
    assert result.stderr.endswith("Exported 1 person.\n")


def test_badges_and_months_are_conditions_too(store: ModelStore, tmp_path: Path) -> None:
    for conditions in (["--badge", "trophy"], ["--joined", "2019-02"]):
        result = export(store, tmp_path, str(tmp_path / "a.jsonl"), *conditions)
        assert result.exit_code == 0, result.output
        (line,) = (tmp_path / "a.jsonl").read_bytes().splitlines()
        assert json.loads(line)["id"] == "amara"


def test_a_condition_may_be_repeated_and_one_of_its_values_suffices(
    store: ModelStore, tmp_path: Path
) -> None:
    conditions = ["--location", "lima", "--location", "Nairobi", "--location", "Oslo"]
    result = export(store, tmp_path, "-", "--as", "jsonl", *conditions)
    assert {json.loads(line)["id"] for line in result.stdout.splitlines()} == {"amara", "bob"}


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (["--badge", "trophee"], "trophee is not a badge. Use one of apple, windows,"),
        (["--joined", "2026-13"], "2026-13 is not a month. Write it as year-month, like 2026-03."),
        (["--joined", "March"], "March is not a month."),
        (["--badge", "trophy", "--badge", "trophee"], "trophee is not a badge."),
        (["--title", "Clerk"] * 21, "There are 21 job titles. Name at most 20."),
        (["--letter", "ab"], "ab is not a letter of the list. Use one from a to z, or other."),
    ],
)
def test_a_condition_that_nobody_can_meet_is_refused_before_a_file_is_made(
    store: ModelStore, tmp_path: Path, condition: list[str], told: str
) -> None:
    result = export(store, tmp_path, str(tmp_path / "a.csv"), *condition)
    assert result.exit_code == 2
    assert told in result.stderr
    assert not (tmp_path / "a.csv").exists()


def test_standard_output_is_csv_unless_another_kind_is_named(
    store: ModelStore, tmp_path: Path
) -> None:
    assert b"\xef\xbb\xbfId,Full name," in export(store, tmp_path, "-").stdout_bytes
    assert b"BEGIN:VCARD" in export(store, tmp_path, "-", "--as", "vcf").stdout_bytes


@pytest.mark.slow
def test_nothing_but_people_comes_out_of_standard_output(tmp_path: Path) -> None:
    """In a process of its own, whose log tells that it made the database."""
    flask = Path(sys.executable).with_name("flask")
    ended = subprocess.run(
        [flask, "--app", ROOT / "application.py", "export", "-"],
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "INSTANCE_FOLDER": str(tmp_path)},
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith(b"\xef\xbb\xbfId,")
    assert len(ended.stdout.splitlines()) == 1
    assert b'"level": "info"' in ended.stderr


@pytest.mark.parametrize("command", [[], ["people"], ["people.pdf"], ["-", "--as", "pdf"]])
def test_what_is_no_kind_of_file_is_refused(
    store: ModelStore, tmp_path: Path, command: list[str]
) -> None:
    assert export(store, tmp_path, *command).exit_code == 2


def test_a_store_that_fails_midway_leaves_the_file_as_it_was(
    store: ModelStore, tmp_path: Path
) -> None:
    plain = store.iter_batches

    def failing(bookmark: str = "") -> Iterator[Batch]:
        yield from plain(bookmark)
        raise StorageUnavailable("the database", "dynamodb:Scan")

    store.iter_batches = failing  # type: ignore[method-assign]
    (tmp_path / "a.csv").write_text("of yesterday")
    result = export(store, tmp_path, str(tmp_path / "a.csv"))
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith("Error: the database did not respond")
    assert (tmp_path / "a.csv").read_text() == "of yesterday"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv"]


def test_a_file_that_cannot_be_written_is_told_in_one_sentence(
    store: ModelStore, tmp_path: Path
) -> None:
    result = export(store, tmp_path, str(tmp_path / "nowhere" / "a.csv"))
    assert result.exit_code == 1
    assert "could not be written (No such file or directory)" in result.stderr
    assert "Traceback" not in result.output


def test_a_pipe_is_written_into_and_a_link_leads_where_it_led(
    store: ModelStore, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with ThreadPoolExecutor(1) as threads:
        read = threads.submit((tmp_path / "pipe.csv").read_bytes)
        assert export(store, tmp_path, str(tmp_path / "pipe.csv")).exit_code == 0
        piped = read.result()
    (tmp_path / "latest.csv").symlink_to(tmp_path / "a.csv")
    (tmp_path / "a.csv").write_text("of yesterday")
    assert export(store, tmp_path, str(tmp_path / "latest.csv")).exit_code == 0
    assert (tmp_path / "latest.csv").is_symlink()
    assert (tmp_path / "a.csv").read_bytes() == piped
    assert b"amara," in piped


@pytest.mark.slow
def test_a_full_disk_behind_standard_output_is_told_in_one_sentence(tmp_path: Path) -> None:
    flask = Path(sys.executable).with_name("flask")
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [flask, "--app", ROOT / "application.py", "export", "-"],
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env={**os.environ, "INSTANCE_FOLDER": str(tmp_path)},
            timeout=60,
        )
    assert ended.returncode == 1
    assert b"Standard output could not be written (No space left on device)" in ended.stderr
    assert b"Traceback" not in ended.stderr


def test_contacts_lead_to_the_pages_of_a_site_that_is_named(
    store: ModelStore, tmp_path: Path
) -> None:
    done = export(store, tmp_path, "-", "--as", "vcf", "--site", "https://people.example.com/")
    assert "\nURL:https://people.example.com/employee/amara\n" in done.stdout
    done = export(store, tmp_path, "-", "--as", "vcf")
    assert "URL" not in done.stdout
    done = export(store, tmp_path, "-", "--as", "vcf", "--site", "people.example.com")
    assert done.exit_code == 2
    assert "is no address of a site" in done.output


def test_people_are_those_of_a_manager_or_below_somebody(store: ModelStore, tmp_path: Path) -> None:
    eve, kim = (Employee(id=each, full_name=each.title(), manager="bob") for each in ("eve", "kim"))
    max_ = Employee(id="max", full_name="Max", manager="kim", location="Lima")
    list(store.add_many([eve, kim, max_]))
    for options, names in (
        (["--manager", "bob"], ["Eve", "Kim"]),
        (["--under", "bob"], ["Eve", "Kim", "Max"]),
        (["--under", "bob", "--location", "lima"], ["Max"]),
        (["--under", "max"], []),
    ):
        result = export(store, tmp_path, "-", "--as", "jsonl", *options)
        assert result.exit_code == 0, result.output
        assert [json.loads(line)["full_name"] for line in result.stdout.splitlines()] == names
    for option in ("--manager", "--under"):
        result = export(store, tmp_path, "-", option, "nobody")
        assert result.exit_code == 2
        assert "Nobody has the id nobody." in result.stderr
    result = export(store, tmp_path, "--to", "s3://lake/people", "--under", "bob")
    assert "A data lake gets everyone." in result.stderr
