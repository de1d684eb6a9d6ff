"""The import contracts of pyproject.toml forbid what they are meant to forbid."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # two seconds

_ROOT = Path(__file__).parents[1]
_PLANTED = {
    "directory/service.py": "from app.imports import errors",
    "imports/importer.py": "from app.backups import parts",
    "runtime/deadline.py": "from app.diagnostics import runner",
    "storage/sql/rows.py": "from app.storage.aws import presigned_urls",
    "text/folding.py": "from app.text import tokens",
    "exports/columns.py": "import flask",
    "imports/files/rows.py": "import sqlalchemy",
    "web/ui/icons.py": "import PIL",
    "web/ui/phones.py": "import phonenumbers",
    "web/people/headings.py": "def sign_in():\n    import authlib",
    "directory/loose.py": "",
}
_BROKEN = (
    "app.directory is not allowed to import app.imports",
    "app.imports is not allowed to import app.backups",
    "app.runtime is not allowed to import app.diagnostics",
    "app.storage.sql is not allowed to import app.storage.aws",
    "app.text.folding is not allowed to import app.text.tokens",
    "app is not allowed to import flask",
    "app is not allowed to import sqlalchemy",
    "app is not allowed to import PIL",
    "app is not allowed to import phonenumbers",
    "app is not allowed to import authlib",
    "app.directory.loose",
)


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What lint-imports prints of a copy of app/ with all forbidden imports planted in it."""
    copy = tmp_path_factory.mktemp("layers")
    shutil.copy(_ROOT / "pyproject.toml", copy)
    shutil.copytree(_ROOT / "app", copy / "app", ignore=shutil.ignore_patterns("__pycache__"))
    for name, line in _PLANTED.items():
        with (copy / "app" / name).open("a", encoding="utf-8") as module:
            module.write(f"\n{line}\n")
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    ended = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert ended.returncode == 1, ended.stderr
    return ended.stdout


@pytest.mark.parametrize("complaint", _BROKEN)
def test_a_planted_import_breaks_a_contract(complaints: str, complaint: str) -> None:
    assert complaint in complaints
