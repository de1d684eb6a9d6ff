"""Where memory runs out, what works in the background ends, and the service goes on."""

from __future__ import annotations

from configparser import ConfigParser
from pathlib import Path

import pytest

from tests.support.repository import ROOT

UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))


def service(path: Path) -> dict[str, str]:
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(path)
    return dict(unit["Service"])


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_the_service_outlives_an_import_that_takes_all_memory(path: Path) -> None:
    settings = service(path)
    if "gunicorn" in settings["ExecStart"]:
        # Without it, systemd stops all processes of the service when the kernel ended one.
        assert settings["OOMPolicy"] == "continue"
        assert settings["MemoryMax"].endswith("%")
    else:
        assert int(settings["OOMScoreAdjust"]) > 0


def test_some_units_serve_and_some_work_in_the_background() -> None:
    serving = ["gunicorn" in service(path)["ExecStart"] for path in UNITS]
    assert (True in serving, False in serving) == (True, True)
