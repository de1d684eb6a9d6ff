"""``flask thin-history`` removes changes that are older than HISTORY_DAYS."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.contracts.history import AuditQuery
from app.history.changes import Change
from tests.history.test_sentences import change
from tests.support.small_app import small_app
from tests.support.small_directory import AMARA
from tests.support.viewers import OPERATOR

ONE = change({"email": "a"}, {"email": "b"})
QUERY = AuditQuery()


def old_changes() -> list[Change]:
    moments = [f"2019-0{month}-01T00:00:00.000Z-0000" for month in range(1, 7)]
    return [replace(ONE, employee_id="amara", moment=moment) for moment in moments]


def test_old_changes_are_counted_and_removed(tmp_path: Path) -> None:
    app = small_app(tmp_path)
    directory = app.extensions["directory"]
    directory.add(OPERATOR, AMARA, "first")
    directory.history.restore_changes(old_changes())
    run = app.test_cli_runner().invoke
    dry = run(args=["thin-history", "--dry-run"])
    assert dry.exit_code == 0, dry.output
    assert dry.output.startswith("Would remove 5 changes from before 20")
    assert len(directory.history.changes_of("amara").changes) == 7
    wet = run(args=["thin-history"])
    assert "Removed 11 changes and entries from before 20" in wet.output
    assert len(directory.history.changes_of("amara").changes) == 2
    events = [entry.event for entry in app.extensions["directory"].history.audit(QUERY).entries]
    assert "thinned" in events
    assert run(args=["thin-history"]).output.startswith("Removed 0 changes and entries")


def test_what_is_kept_for_ever_is_not_removed(tmp_path: Path) -> None:
    app = small_app(tmp_path, HISTORY_DAYS="0")
    app.extensions["directory"].history.restore_changes(old_changes())
    told = app.test_cli_runner().invoke(args=["thin-history"])
    assert told.output == "HISTORY_DAYS is 0: everything is kept. Nothing was removed.\n"
    assert len(app.extensions["directory"].history.changes_of("amara").changes) == 6
