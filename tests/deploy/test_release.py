"""deploy/release: whole or nothing, from a commit that says what is new, and provable later."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.machines.archives import ROOT
from tests.support.needs import find

pytestmark = pytest.mark.slow

VERSION = "7.8.9"
AT = "https://downloads.example.com/7.8.9"
FILES = [
    "FlaskApp.zip",
    f"employee-directory-{VERSION}-al2.cdx.json",
    f"employee-directory-{VERSION}-al2023.cdx.json",
    f"employee-directory-{VERSION}.zip",
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone whose commit is to be released, with this script, and what it makes of it."""
    clone = tmp_path_factory.mktemp("release") / "clone"
    run("git", "clone", "--quiet", "--depth=1", f"file://{ROOT}", str(clone))
    text = (clone / "pyproject.toml").read_text()
    before = text.partition('\nversion = "')[2].partition('"')[0]
    replace(clone / "pyproject.toml", f'\nversion = "{before}"', f'\nversion = "{VERSION}"')
    replace(clone / "CHANGELOG.md", "\n## [Unreleased]\n", f"\n## [Unreleased]\n\n## [{VERSION}]\n")
    for name in ("deploy/release", "deploy/build-archive"):
        (clone / name).write_bytes((ROOT / name).read_bytes())
        (clone / name).chmod(0o755)
    commit(clone)
    find("ssh-keygen", "a signature")
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(clone.parent / "key"))
    return clone


@pytest.fixture(scope="module")
def release(made: Path) -> tuple[Path, str]:
    """The folder of the release, and what was printed."""
    key = f"--key={made.parent / 'key'}"
    done = release_of(made, VERSION, key, f"--at={AT}")
    assert done.returncode == 0, done.stderr
    return made / "dist" / VERSION, done.stdout


def run(*command: str, **options: object) -> None:
    subprocess.run(command, check=True, capture_output=True, **options)  # type: ignore[call-overload]


def replace(file: Path, old: str, new: str) -> None:
    assert file.read_text().count(old) == 1
    file.write_text(file.read_text().replace(old, new))


def commit(clone: Path) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@b.example")
    run("git", "-C", str(clone), "add", "--all")
    run("git", "-C", str(clone), *who, "commit", "--quiet", "--message=Release it")


def release_of(clone: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(clone / "deploy/release"), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_release_has_its_archives_the_lists_of_packages_and_the_sums_of_all(release):
    folder, said = release
    lines = [line.split("  ") for line in (folder / "SHA256SUMS").read_text().splitlines()]
    assert [name for _, name in lines] == FILES
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted([*FILES, "SHA256SUMS", "SHA256SUMS.sig"])
    for sha256, name in lines:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256
    archive = {name: sha256 for sha256, name in lines}[f"employee-directory-{VERSION}.zip"]
    assert said.splitlines()[-2:] == [
        f"APP_ARCHIVE={AT}/employee-directory-{VERSION}.zip",
        f"APP_SHA256={archive}",
    ]


@pytest.mark.parametrize("system", ["al2023", "al2"])
def test_the_list_of_packages_is_the_lock_of_the_system(release, system):
    folder, _ = release
    listed = json.loads((folder / f"employee-directory-{VERSION}-{system}.cdx.json").read_text())
    assert listed["bomFormat"] == "CycloneDX"
    assert listed["metadata"]["component"]["version"] == VERSION
    lock = (ROOT / "deploy" / f"requirements-{system}.lock").read_text()
    pinned = {line.split(" ")[0] for line in lock.splitlines() if "==" in line}
    found = {f"{one['name']}=={one['version']}" for one in listed["components"]}
    assert found == pinned
    hashes = [one["externalReferences"][0]["hashes"] for one in listed["components"]]
    assert {known["content"] for one in hashes for known in one} <= set(
        lock.replace(":", " ").split()
    )


def test_the_signature_is_checked_as_the_manual_says(release, made, tmp_path):
    folder, said = release
    who = next(line for line in said.splitlines() if line.startswith("releases ssh-ed25519 "))
    (tmp_path / "allowed").write_text(f"{who}\n")
    manual = (ROOT / "docs/operations.md").read_text()
    lines = [line.strip() for line in manual.splitlines()]
    (check,) = [line for line in lines if line.startswith("ssh-keygen -Y verify ")]
    (sums,) = [line for line in lines if line.startswith("sha256sum --check ")]
    check = check.replace("allowed_signers", str(tmp_path / "allowed"))
    run("bash", "-c", f"{check} && {sums}", cwd=folder)
    other = folder.parent / "other"
    run("cp", "-r", str(folder), str(other))
    replace(other / "SHA256SUMS", "FlaskApp.zip", "FlaskApq.zip")
    with pytest.raises(subprocess.CalledProcessError):
        run("bash", "-c", check, cwd=other)


def test_the_same_commit_gives_the_same_bytes(release, made, tmp_path):
    folder, _ = release
    clone = tmp_path / "elsewhere"
    run("git", "clone", "--quiet", str(made), str(clone))
    done = release_of(clone, f"--output={tmp_path / 'again'}", f"--key={made.parent / 'key'}")
    assert done.returncode == 0, done.stderr
    assert "APP_ARCHIVE=s3://<your bucket>/employee-directory-" in done.stdout
    for name in [*FILES, "SHA256SUMS", "SHA256SUMS.sig"]:
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes(), name


def leave_a_change(clone: Path) -> None:
    (clone / "stray.txt").write_text("not committed")


def tag_another_commit(clone: Path) -> None:
    run("git", "-C", str(clone), "tag", f"v{VERSION}")
    replace(clone / "LICENSE", "MIT License", "The MIT License")
    commit(clone)


def describe_a_change(clone: Path) -> None:
    replace(
        clone / "CHANGELOG.md", "\n## [Unreleased]\n", "\n## [Unreleased]\n\n- Something new.\n"
    )
    commit(clone)


def release_before(clone: Path) -> None:
    (clone / "dist" / VERSION).mkdir(parents=True)


@pytest.mark.parametrize(
    ("spoil", "options", "sentence"),
    [
        (leave_a_change, (), "Commit or remove it:\n?? stray.txt"),
        (tag_another_commit, (), f"The tag v{VERSION} is of another commit"),
        (describe_a_change, (), f"under [Unreleased] under [{VERSION}]"),
        (release_before, (), "is there already: what was released stays as it is"),
        (None, ("7.8.10",), f"pyproject.toml says {VERSION}: write 7.8.10 there"),
        (None, ("--key=nowhere",), "nowhere is no file"),
        (None, ("--at=/mnt/releases",), "machines fetch from https://... or s3://..."),
    ],
)
def test_what_is_no_release_is_refused_and_nothing_is_made(
    made, tmp_path, spoil: Callable[[Path], None] | None, options, sentence
):
    clone = tmp_path / "clone"
    run("git", "clone", "--quiet", str(made), str(clone))
    if spoil:
        spoil(clone)
    done = release_of(clone, *options)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert not (clone / "dist" / VERSION / "SHA256SUMS").exists()
