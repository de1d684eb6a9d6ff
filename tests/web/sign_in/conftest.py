"""What the tests of signing in share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.front_door import FrontDoor


@pytest.fixture
def door(tmp_path: Path) -> FrontDoor:
    """A directory that nobody has claimed, where nobody sees anything without a sign-in."""
    return FrontDoor(tmp_path)
