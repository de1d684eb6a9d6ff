"""deploy/build-archive: the same bytes from the same tree, with all that a machine needs in it."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.support.machines.archives import BUILD, ROOT, build, sha256_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("archive") / "one.zip"
    build(output, "--version=1.2.3")
    return output


def test_the_same_tree_gives_the_same_bytes(archive, tmp_path):
    build(tmp_path / "again.zip", "--version=1.2.3")
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()


def test_the_archive_holds_what_a_machine_needs_and_nothing_of_this_one(archive):
    with zipfile.ZipFile(archive) as opened:
        names = opened.namelist()
        assert opened.read("VERSION") == b"1.2.3\n"
        assert {entry.date_time for entry in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert names == sorted(names)
    assert {
        "application.py",
        "app/__init__.py",
        "templates/base.html",
        "deploy/install.sh",
        "gunicorn.conf.py",
        "deploy/requirements-al2023.lock",
        "deploy/requirements-al2.lock",
        "deploy/uv.lock",
        "docs/operations.md",
    } <= set(names)
    assert not [name for name in names if name.startswith(("tests/", "instance/", ".git/"))]
    assert not [name for name in names if "__pycache__" in name]


@pytest.mark.parametrize(
    ("options", "address"),
    [
        ((), "s3://<your bucket>/a.zip"),
        (("--at=s3://my-releases/",), "s3://my-releases/a.zip"),
        (("--at=https://example.com/a.zip?X-Amz-Expires=86400&X-Amz-Date=1",), None),
    ],
)
def test_the_two_lines_for_the_user_data_are_printed_for_any_machine(tmp_path, options, address):
    output = tmp_path / "a.zip"
    command = [sys.executable, str(BUILD), f"--output={output}", *options]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert said.splitlines()[-2:] == [
        f"APP_ARCHIVE={address or options[0].removeprefix('--at=')}",
        f"APP_SHA256={sha256_of(output)}",
    ]
    assert "file:" not in said
    assert ("aws s3 cp " in said) == bool(address)


@pytest.mark.parametrize("address", ["file:///tmp/a.zip", "http://example.com/", "s3://<bucket>/"])
def test_an_address_that_another_machine_cannot_read_is_refused(address):
    command = [sys.executable, str(BUILD), f"--at={address}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "machines fetch from https://... or s3://..." in done.stderr


def test_what_git_does_not_know_stays_out(archive, tmp_path):
    stray = ROOT / "static" / "stray-of-a-test.txt"
    stray.write_text("a secret")
    try:
        build(tmp_path / "again.zip", "--version=1.2.3")
    finally:
        stray.unlink()
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()


def test_what_terraform_keeps_stays_out_where_there_is_no_git(archive, tmp_path):
    tree = tmp_path / "tree"
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tree)
        before = opened.namelist()
    module = tree / "deploy" / "terraform"
    (module / ".terraform" / "providers").mkdir(parents=True)
    strays = ("terraform.tfstate", "terraform.tfstate.backup", "mine.tfvars")
    for name in (*strays, ".terraform/providers/aws"):
        (module / name).write_text("a secret")
    output = tmp_path / "again.zip"
    command = [sys.executable, str(tree / "deploy" / "build-archive"), f"--output={output}"]
    subprocess.run(command, check=True, capture_output=True)
    with zipfile.ZipFile(output) as opened:
        assert opened.namelist() == before


def test_scripts_can_be_run_where_they_are_unpacked_with_unzip(archive):
    with zipfile.ZipFile(archive) as opened:
        mode = opened.getinfo("deploy/install.sh").external_attr >> 16
    assert mode == 0o100755


def test_a_machine_that_nobody_knows_is_refused(tmp_path):
    command = [sys.executable, str(BUILD), "--wheelhouse=debian/x86_64"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "al2023/x86_64" in done.stderr


def test_an_archive_is_named_by_the_version_of_the_project_and_the_revision(tmp_path):
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    command = [sys.executable, str(clone / "deploy" / "build-archive")]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=clone).stdout
    head = ["git", "-C", str(clone), "rev-parse", "--short=9", "HEAD"]
    revision = subprocess.run(head, check=True, capture_output=True, text=True).stdout.strip()
    project = tomllib.loads((clone / "pyproject.toml").read_text())["project"]["version"]
    with zipfile.ZipFile(clone / "dist" / f"employee-directory-{project}-{revision}.zip") as opened:
        assert opened.read("VERSION").decode() == f"{project}+{revision}\n"
    assert said.splitlines()[0] == f"Version {project}+{revision}"
    (clone / "application.py").write_text("# changed\n")
    subprocess.run(command, check=True, capture_output=True, cwd=clone)
    with zipfile.ZipFile(
        clone / "dist" / f"employee-directory-{project}-{revision}.changed.zip"
    ) as opened:
        assert opened.read("VERSION").decode() == f"{project}+{revision}.changed\n"
