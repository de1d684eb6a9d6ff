"""Commands that add many people at once leave one line in the audit log."""

from __future__ import annotations

from pathlib import Path

from app.contracts.history import AuditQuery
from app.history.changes import Via
from tests.support.small_app import small_app


def test_sample_people_are_one_line_of_the_audit_log(tmp_path: Path) -> None:
    app = small_app(tmp_path)
    command = ["sample-data", "--people", "5"]
    for _ in range(2):  # the second time nobody is added
        assert app.test_cli_runner().invoke(args=command).exit_code == 0
    history = app.extensions["directory"].history
    [entry] = history.audit(AuditQuery()).entries
    assert (entry.event, dict(entry.counts)) == ("import", {"added": 5})
    assert (entry.through.via, entry.through.source) == (Via.COMMAND, "sample people")
    assert " on " in entry.author.name
