"""The files that take longest come first, and are there."""

from __future__ import annotations

from tests.support.longest_first import LONGEST
from tests.support.repository import ROOT


def test_each_of_the_longest_files_is_there() -> None:
    assert [file for file in LONGEST if not (ROOT / "tests" / file).is_file()] == []


def test_no_file_is_named_twice() -> None:
    assert len(set(LONGEST)) == len(LONGEST)
