"""What commands tell of their progress: on a terminal, in a log, and when they fail."""

from __future__ import annotations

import sys

import pytest

from app.commands.progress import progress


def test_a_terminal_sees_one_line_that_is_written_over(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with progress() as line:
        line.show("1,000 people")
        line.show("2 people")
    assert capsys.readouterr().out == "\r1,000 people\r2 people    \n"


def test_an_error_stands_on_a_line_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    def fail() -> None:
        with progress(err=True) as line:
            line.show("1,000 people")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert capsys.readouterr().err == "\r1,000 people\n"


def test_a_log_gets_whole_lines_and_seldom(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    moments = iter([0.0, 10.0, 31.0, 31.0, 40.0])
    monkeypatch.setattr("app.commands.progress.monotonic", lambda: next(moments))
    with progress() as line:
        for people in ("1,000 people", "2,000 people", "3,000 people"):
            line.show(people)
    assert capsys.readouterr().out == "2,000 people\n"
