"""The version of this release: VERSION in an archive, ``[project]`` of pyproject.toml elsewhere."""

import tomllib
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_MAX_CHARACTERS = 100


@cache
def version() -> str:
    """Return the version with its revision, such as ``1.0.0+abc123456``.

    deploy/build-archive writes it into the archive; a working copy has ``1.0.0+development``.
    """
    try:
        release = (_ROOT / "VERSION").read_text(encoding="utf-8").strip()
    except OSError:
        release = ""
    return release[:_MAX_CHARACTERS] or f"{_project_version()}+development"


def _project_version() -> str:
    try:
        project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError):
        return "0"
    return str(project.get("project", {}).get("version", "0"))
