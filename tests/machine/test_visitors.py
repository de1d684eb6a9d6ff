"""Who asked from the internet, or in the clear, is noted once a day."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.machine.visitors import Visit, Visitors
from app.runtime.runtime_dir import RuntimeDir

DAY = 86_400.0


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    clock = Clock()
    (tmp_path / "x").touch()
    clock.now = (tmp_path / "x").stat().st_mtime  # files have the time of the real clock
    return clock


@pytest.fixture
def visitors(tmp_path: Path, clock: Clock) -> Visitors:
    return Visitors(RuntimeDir(tmp_path), clock)


@pytest.mark.parametrize(
    ("address", "is_global"),
    [("8.8.8.8", True), ("2606:4700::1111", True), ("10.0.0.5", False), ("192.168.1.9", False),
     ("127.0.0.1", False), ("100.64.0.1", False), ("fd00::1", False), ("::1", False), ("", False),
     ("unknown", False), ("169.254.1.1", False)],
)  # fmt: skip
def test_somebody_on_the_internet_has_a_global_address(
    visitors: Visitors, address: str, is_global: bool
) -> None:
    visitors.note(address, is_encrypted=True)
    assert visitors.days_since(Visit.FROM_THE_INTERNET) == (0 if is_global else None)
    assert visitors.days_since(Visit.IN_THE_CLEAR) is None


@pytest.mark.parametrize(
    ("address", "is_clear"),
    [("10.0.0.5", True), ("8.8.8.8", True), ("127.0.0.1", False), ("::1", False), ("", False)],
)
def test_this_machine_may_ask_in_the_clear(
    visitors: Visitors, address: str, is_clear: bool
) -> None:
    visitors.note(address, is_encrypted=False)
    assert visitors.days_since(Visit.IN_THE_CLEAR) == (0 if is_clear else None)


def test_a_note_is_written_once_a_day(visitors: Visitors, clock: Clock, tmp_path: Path) -> None:
    visitors.note("8.8.8.8", is_encrypted=True)
    noted = tmp_path / "run" / Visit.FROM_THE_INTERNET
    noted.unlink()
    for _ in range(3):
        visitors.note("8.8.8.8", is_encrypted=True)
    assert not noted.exists()
    clock.now += DAY
    visitors.note("8.8.8.8", is_encrypted=True)
    assert noted.exists()


def test_another_process_reads_how_long_ago_it_was(
    visitors: Visitors, clock: Clock, tmp_path: Path
) -> None:
    visitors.note("8.8.8.8", is_encrypted=True)
    command = Visitors(RuntimeDir(tmp_path), clock)
    assert command.days_since(Visit.FROM_THE_INTERNET) == 0
    clock.now += 8.5 * DAY
    assert command.days_since(Visit.FROM_THE_INTERNET) == 8


def test_a_folder_that_cannot_be_written_stops_no_page(tmp_path: Path) -> None:
    class Refuses(RuntimeDir):
        def path(self, name: str) -> Path:
            raise PermissionError(name)

    visitors = Visitors(Refuses(tmp_path))
    visitors.note("8.8.8.8", is_encrypted=False)
    assert visitors.days_since(Visit.IN_THE_CLEAR) is None
