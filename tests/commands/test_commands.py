"""Commands say what they did, fail with one sentence and status 1, and can be repeated."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from click.testing import Result
from flask import Flask

from app.contracts import Progress, Query
from app.history.changes import Write
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from app.web.current import current_directory
from tests.metrics.test_emf import check
from tests.support.model_store import ModelStore
from tests.support.pictures import picture
from tests.support.small_app import small_app, stores_of
from tests.support.viewers import OPERATOR


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return small_app(tmp_path)


def run(app: Flask, *command: str) -> Result:
    return app.test_cli_runner().invoke(args=list(command))


def test_setup_can_be_repeated_and_says_what_it_found(app: Flask) -> None:
    first, second = run(app, "setup"), run(app, "setup")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert second.output.strip()


def test_sample_data_adds_as_many_as_asked_and_nobody_twice(app: Flask) -> None:
    for told in ("Added 30 sample people.", "Added 0 sample people. Already here: 30."):
        result = run(app, "sample-data", "--people", "30")
        assert result.exit_code == 0, result.output
        assert told in result.output
        with app.app_context():
            assert current_directory().employees.facets().total == 30


def test_the_same_seed_gives_the_same_people_and_another_gives_others(tmp_path: Path) -> None:
    def names(folder: str, seed: str) -> list[str]:
        app = small_app(tmp_path / folder)
        run(app, "sample-data", "--people", "20", "--seed", seed)
        with app.app_context():
            return [card.full_name for card in current_directory().browse(OPERATOR, Query()).cards]

    assert names("a", "1") == names("b", "1") != names("c", "2")


@pytest.mark.parametrize("people", ["0", "-1", "1000001", "many"])
def test_sample_data_refuses_a_number_out_of_bounds(app: Flask, people: str) -> None:
    assert run(app, "sample-data", "--people", people).exit_code == 2


def test_reindex_says_that_the_index_agrees(app: Flask) -> None:
    run(app, "sample-data", "--people", "30")
    result = run(app, "reindex")
    assert result.exit_code == 0
    assert "The index matches the records; 0 repaired." in result.output


class Away(ModelStore):
    """A store that does not respond when its index is compared."""

    def reindex(self, *, force: bool = False) -> Iterator[Progress]:
        raise StorageUnavailable("the database", reason="away")
        yield


def metrics_of(result: Result) -> list[dict[str, object]]:
    """The metrics in the log of a command."""
    lines = [json.loads(line) for line in result.stderr.splitlines() if line[:1] == "{"]
    found = []
    for line in lines:
        if "_aws" in line:
            check(line)
            (directive,) = line["_aws"]["CloudWatchMetrics"]
            found.append({metric["Name"]: line[metric["Name"]] for metric in directive["Metrics"]})
    return found


def test_jobs_tell_of_their_ends_where_that_is_on(tmp_path: Path) -> None:
    app = small_app(tmp_path, METRICS_LOG="on")
    (reindexed,) = metrics_of(run(app, "reindex"))
    assert reindexed.keys() == {"ReindexFailures", "ReindexSeconds"}
    assert reindexed["ReindexFailures"] == 0
    assert metrics_of(run(app, "sweep-photos")) == [{"SweepFailures": 0}]
    assert metrics_of(run(app, "count-reports")) == [{"CountFailures": 0}]
    assert metrics_of(run(app, "follow", "--once")) == [{"FollowFailures": 0}]


def test_jobs_tell_of_their_failures(tmp_path: Path) -> None:
    app = small_app(tmp_path, stores_of(Away(), None, "Photos are off."), METRICS_LOG="on")
    failed = run(app, "reindex")
    assert failed.exit_code == 1
    assert metrics_of(failed) == [{"ReindexFailures": 1}]
    # Nobody can sweep where photos are off.
    assert metrics_of(run(app, "sweep-photos")) == [{"SweepFailures": 0}]


def test_jobs_tell_nothing_without_the_setting(app: Flask) -> None:
    assert metrics_of(run(app, "reindex")) == []


def test_follow_ends_well_where_a_store_is_told_of_no_changes(app: Flask) -> None:
    for more in ((), ("--once",)):
        result = run(app, "follow", *more)
        assert result.exit_code == 0
        assert "there is nothing to follow" in result.output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_follow_ends_well_when_it_is_told_to_stop(tmp_path: Path, number: int) -> None:
    class Followed(ModelStore):
        def follow(
            self, stop: Event, *, once: bool = False, observer: object = None
        ) -> Iterator[str]:
            yield "Brought 1 record into the index."
            signal.raise_signal(number)
            assert stop.wait(60)

    before = signal.getsignal(number)
    result = run(small_app(tmp_path, stores_of(Followed(), None, "Photos are off.")), "follow")
    assert (result.exit_code, result.stdout) == (0, "Brought 1 record into the index.\n")
    assert signal.getsignal(number) is before


@pytest.mark.parametrize(
    ("command", "new", "old"),
    [
        ("backup", "--replace", "--anew"),
        ("import", "--rejects", "--refused"),
        ("import", "--resume", "--go"),
        ("sweep-photos", "--delete", "--really"),
    ],
)
def test_help_and_errors_show_an_option_by_its_new_name_only(
    app: Flask, command: str, new: str, old: str
) -> None:
    shown = run(app, command, "--help").output
    assert f"  {new}" in shown
    assert not re.search(rf"{old}\b", shown)
    if new == "--rejects":
        wrong = run(app, command, old, ".").output
        assert "Invalid value for '--rejects'" in wrong


@pytest.mark.parametrize("option", ["--delete", "--really"])
def test_sweep_lists_what_no_record_names_and_removes_only_when_told(
    app: Flask, tmp_path: Path, option: str
) -> None:
    with app.app_context():
        directory = current_directory()
        assert directory.photos
        for name in ("a" * 32, "b" * 32, "c" * 32):
            directory.photos.put(f"employee_pic/{name}.jpg", picture().read())
        named = Employee(id="1", full_name="Ada", photo_key=f"employee_pic/{'a' * 32}.jpg")
        directory.employees.add(named, Write("form"))
    old = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    photos = tmp_path / "photos" / "employee_pic"
    for name in ("a" * 32, "b" * 32):
        os.utime(photos / f"{name}.jpg", (old, old))
    listed = run(app, "sweep-photos")
    assert f"Would delete employee_pic/{'b' * 32}.jpg" in listed.output
    assert "Would delete 1 photo." in listed.output
    assert len(list(photos.iterdir())) == 3
    removed = run(app, "sweep-photos", option)
    assert "Deleted 1 photo." in removed.output
    assert {path.name[0] for path in photos.iterdir()} == {"a", "c"}


def test_a_command_that_cannot_reach_the_store_ends_with_one_sentence(tmp_path: Path) -> None:
    class Down(ModelStore):
        def set_up(self) -> list[str]:
            raise StorageUnavailable("the database", "dynamodb:CreateTable", "Employees", "denied")

    app = small_app(tmp_path, stores_of(Down(), None, "Photos are off."))
    for command in ("setup", "sweep-photos"):
        result = run(app, command)
        assert result.exit_code == 1
        assert result.output.startswith("Error: ")
        assert "Traceback" not in result.output
