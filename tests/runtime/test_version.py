"""One version, told the same by the archive, the console and the health check."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.runtime import version
from tests.support.repository import ROOT
from tests.support.small_app import small_app


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A folder that stands for the one the directory runs from."""
    monkeypatch.setattr(version, "_ROOT", tmp_path)
    version.version.cache_clear()
    yield tmp_path
    version.version.cache_clear()


def test_an_archive_tells_its_own_version(root: Path) -> None:
    (root / "VERSION").write_text("1.2.3+abc123456\n")
    (root / "pyproject.toml").write_text('[project]\nversion = "9.9.9"\n')
    assert version.version() == "1.2.3+abc123456"


def test_a_working_copy_tells_the_version_of_the_project(root: Path) -> None:
    (root / "pyproject.toml").write_text('[project]\nversion = "9.9.9"\n')
    assert version.version() == "9.9.9+development"


@pytest.mark.parametrize("content", [None, "not TOML", "[tool]\n"])
def test_without_a_version_there_is_no_made_up_one(root: Path, content: str | None) -> None:
    if content is not None:
        (root / "pyproject.toml").write_text(content)
    assert version.version() == "0+development"


def test_the_console_shows_the_version_on_its_page_and_to_programs(tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    client = small_app(tmp_path).test_client()
    told = client.get("/info", headers={"Accept": "application/json"}).json
    assert told
    assert told["machine"]["version"] == f"{project}+development"
    assert f">{project}+development<" in client.get("/info").text
