"""While the CPU is busy, pages and health checks go on; the load test that shows it is bounded."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.machine.procfs import cpu_time
from bench import load_test
from tests.support.needs import find
from tests.support.servers.live_app import LiveApp


@pytest.mark.parametrize(
    "arguments",
    [("--seconds", "1"), ("--seconds", "61"), ("--seconds", "x"), ("--at", "example.com")],
)
def test_what_is_out_of_bounds_is_refused(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["load-test", *arguments])
    with pytest.raises(SystemExit) as refused:
        load_test.main()
    assert refused.value.code == 2


@pytest.mark.slow
def test_the_list_and_the_health_check_answer_while_every_core_is_busy(
    live_app: Callable[..., LiveApp], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    find("wrk", "the load test")
    app = live_app({"INSTANCE_FOLDER": str(tmp_path)}, workers=2)
    console = load_test.Console(app.url)
    console.start(30)
    before = cpu_time()
    found = {page: load_test._measure(app.url + page, 3) for page in load_test.PAGES}
    after = cpu_time()
    with pytest.raises(SystemExit, match="answered 409"):
        console.start(30)
    console.stop()
    assert before
    assert after
    assert (after.share_since(before) or 0) > 90
    assert found["/"].p95_ms < 1000
    assert found["/healthz"].p95_ms < 500
    assert found["/"].failed == found["/healthz"].failed == 0
