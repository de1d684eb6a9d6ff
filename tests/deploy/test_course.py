"""FlaskApp.zip: what the course's script unpacks, and what `flask run` does with it."""

import ast
import os
import runpy
import subprocess
import sys
import zipfile
from pathlib import Path

import click
import pytest

from tests.support.machines.archives import BUILD, COURSE, ROOT, build
from tests.support.needs import do_without

pytestmark = pytest.mark.slow

APPLICATION = ROOT / "deploy" / "course" / "application.py"
INSTALL = """\
echo "SETTINGS=$SETTINGS"
env | grep -E '^(AWS_DEFAULT_REGION|PHOTOS_BUCKET|FLASK_)'
exit 0
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("course")
    build(folder / "first.zip", "--version=1.2.3")
    return folder / COURSE


@pytest.fixture
def folder(tmp_path: Path, archive: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """FlaskApp as it is unpacked, with an installation that only tells what it was given."""
    with zipfile.ZipFile(archive) as opened:
        for name in ("application.py", "settings.txt"):
            opened.extract(f"FlaskApp/{name}", tmp_path)
    install = tmp_path / "FlaskApp" / "release" / "deploy" / "install.sh"
    install.parent.mkdir(parents=True)
    install.write_text(INSTALL)
    monkeypatch.setenv("FLASK_APP", "application.py")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:9")
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "DEFAULT_AWS_REGION", "PHOTOS_BUCKET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return tmp_path / "FlaskApp"


def load(folder: Path, command: str = "run") -> object:
    """Load it as a command of flask does; what it ends with."""
    with click.Context(click.Command(command), info_name=command), pytest.raises(SystemExit) as end:
        runpy.run_path(str(folder / "application.py"))
    return end.value.code


def test_the_archive_is_one_folder_with_the_release_in_it(archive):
    with zipfile.ZipFile(archive) as opened:
        names = opened.namelist()
        release = [name for name in names if name.startswith("FlaskApp/release/")]
        assert set(names) - set(release) == {
            "FlaskApp/application.py",
            "FlaskApp/requirements.txt",
            "FlaskApp/settings.txt",
        }
        lock = (ROOT / "deploy" / "requirements-course.lock").read_bytes()
        assert opened.read("FlaskApp/requirements.txt") == lock
        assert opened.read("FlaskApp/release/VERSION") == b"1.2.3\n"
        assert opened.getinfo("FlaskApp/release/deploy/install.sh").external_attr >> 16 == 0o100755
    with zipfile.ZipFile(archive.with_name("first.zip")) as opened:
        assert [name.partition("release/")[2] for name in release] == opened.namelist()


def test_the_same_tree_gives_the_same_bytes(archive, tmp_path):
    build(tmp_path / "again.zip", "--version=1.2.3")
    assert (tmp_path / COURSE).read_bytes() == archive.read_bytes()


def test_a_release_without_a_repository_makes_the_same_archive(archive, tmp_path):
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tmp_path)
    release = tmp_path / "FlaskApp" / "release"
    command = [sys.executable, str(release / BUILD.relative_to(ROOT))]
    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path)
    assert (release / "dist" / COURSE).read_bytes() == archive.read_bytes()


def test_python_3_7_can_read_what_hands_over():
    ast.parse(APPLICATION.read_text(), feature_version=(3, 7))


def test_the_exported_settings_are_handed_over_and_those_of_flask_are_not(
    folder, monkeypatch, capfd
):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    monkeypatch.setenv("PHOTOS_BUCKET", "")
    monkeypatch.setenv("COMPANY_NAME", "Any Company")
    monkeypatch.setenv("LOG_GROUP", "directory")
    monkeypatch.setenv("UNHEARD_OF", "1")
    monkeypatch.setenv("OIDC_CLIENT_SECRET_FROM", "arn:aws:secretsmanager:x")
    assert load(folder) == 0
    said = capfd.readouterr().out.splitlines()
    settings = said[0].partition("=")[2].split()
    assert {"AWS_DEFAULT_REGION", "COMPANY_NAME"} <= set(settings)
    assert {"LOG_GROUP", "OIDC_CLIENT_SECRET_FROM"} <= set(settings)
    assert {"PHOTOS_BUCKET", "UNHEARD_OF", "FLASK_APP"}.isdisjoint(settings)
    assert sorted(said[1:3]) == ["AWS_DEFAULT_REGION=eu-north-1", "PHOTOS_BUCKET="]
    assert said[3].startswith("This script has done its part.")


def test_a_region_that_is_not_exported_is_asked_of_the_machine(
    folder, monkeypatch, capfd, metadata
):
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata)
    assert load(folder) == 0
    assert "AWS_DEFAULT_REGION=us-west-2\n" in capfd.readouterr().out


def test_an_installation_that_fails_ends_the_script_with_a_sentence(folder):
    install = folder / "release" / "deploy" / "install.sh"
    install.write_text("exit 7")
    assert str(load(folder)).startswith("The Employee Directory was not installed: the lines above")


def test_whatever_else_loads_it_is_told_what_to_do(folder):
    by_hand = f"sudo bash {folder}/release/deploy/install.sh"
    said = str(load(folder, "routes"))
    assert said.startswith("FlaskApp/application.py serves no pages")
    assert said.endswith(by_hand)
    with pytest.raises(SystemExit, match="serves no pages"):
        runpy.run_path(str(folder / "application.py"))


def test_without_root_nothing_is_begun(folder, monkeypatch, capfd):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert str(load(folder)).startswith("Installing the directory takes root")
    assert capfd.readouterr().out == ""


def test_a_folder_that_was_unpacked_in_part_is_named(folder):
    install = folder / "release" / "deploy" / "install.sh"
    install.unlink()
    assert load(folder) == f"{install} is missing: unpack the whole archive again."


@pytest.mark.parametrize("debug", ["0", "1"])
def test_flask_run_ends_without_serving(folder, debug):
    """With the reloader, too, which would start it a second time."""
    if os.getuid() != 0:
        do_without("root", "an installation")
    done = subprocess.run(
        [sys.executable, "-m", "flask", "run", "--port=0"],
        cwd=folder,
        env=os.environ | {"FLASK_DEBUG": debug},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("SETTINGS=") == 1
    assert "Running on" not in done.stdout + done.stderr
