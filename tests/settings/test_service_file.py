"""Lines of the service's file of settings count, also those that systemd leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.settings.service_file import lines_left_out

HANDED_OVER = {"INSTANCE_FOLDER": "/srv/d", "COMPANY_NAME": "O'Hara \\ $5"}
FILE = "# Settings\nINSTANCE_FOLDER='/srv/d'\nCOMPANY_NAME=\"O'Hara \\\\ \\$5\"\n"


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("export STRESS=off", "off"),
        ("  export  STRESS = 'off'  ", "off"),
        ('export STRESS="o\\"ff"', 'o"ff'),
        ("\ufeffSTRESS=off", "off"),
        ("\ufeffexport STRESS=off", "off"),
        ("export STRESS=a\\ b", "a b"),
    ],
)
def test_a_line_that_systemd_leaves_out_counts(tmp_path: Path, line: str, value: str) -> None:
    path = tmp_path / "env"
    path.write_text(f"{line}\r\n{FILE}")
    assert lines_left_out(HANDED_OVER, path) == {"STRESS": value}
    assert lines_left_out({**HANDED_OVER, "STRESS": "on"}, path) == {}


def test_the_file_is_not_that_of_a_process_that_has_other_settings(tmp_path: Path) -> None:
    path = tmp_path / "env"
    path.write_text(f"export STRESS=off\n{FILE}")
    assert lines_left_out({}, path) == {}
    assert lines_left_out({**HANDED_OVER, "INSTANCE_FOLDER": "/elsewhere"}, path) == {}
    assert lines_left_out(HANDED_OVER, tmp_path / "missing") == {}
