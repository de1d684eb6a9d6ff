"""The image: its steps in a chroot make a directory that a user without rights can run, read-only."""

import json
import re
import shlex
import subprocess
import zipfile
from pathlib import Path

import pytest
import yaml

from tests.support.machines import archives
from tests.support.machines.debian_root import debian_root
from tests.support.machines.image import build_script, stages, within
from tests.support.repository import ROOT

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
FOLDER = "/opt/employee-directory"
STATE = "/var/lib/employee-directory"
USER = "10001:10001"
LOOK = """
import http.client, os, pathlib
c = http.client.HTTPConnection("127.0.0.1", int(os.environ["PORT"]))
for path in ("/", "/add", "/readyz"):
    c.request("GET", path)
    answer = c.getresponse()
    print(path, answer.status, b"Employee" in answer.read())
for place in ("/opt/employee-directory/new", "/opt/venv/new", "/etc/new"):
    try:
        pathlib.Path(place).write_text("")
        print("written:", place)
    except OSError as error:
        print("refused:", error.errno)
print("user:", os.getuid(), os.getgid(), os.getgroups())
"""


def image_stage():
    return stages()[-1]


def test_the_image_installs_by_hash_and_compiles_nothing():
    (install,) = (json.loads(said) for _, said in stages()[0].steps if "install" in said)
    assert {"--require-hashes", "--no-deps"} <= set(install)
    assert install[install.index("--only-binary") + 1] == ":all:"
    everything = str([stage.steps for stage in stages()])
    assert not re.search(r"apt-get|gcc|build-essential|curl", everything)
    assert "COPY" in dict(stages()[0].steps)


def test_the_image_ends_as_a_user_without_rights_and_is_asked_how_it_is():
    stage = image_stage()
    assert stage.last("USER") == USER
    assert json.loads(stage.last("VOLUME")) == [STATE, "/tmp"]  # noqa: S108
    assert "/healthz" in stage.last("HEALTHCHECK")
    unit = (ROOT / "deploy/systemd/employee-directory.service").read_text()
    assert " ".join(json.loads(stage.last("CMD"))) in unit
    assert stage.environment()["PORT"] == stage.last("EXPOSE")


def test_nothing_but_what_the_image_takes_is_sent_to_its_builder():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    sent = {line[1:] for line in lines if line.startswith("!")}
    copied = {
        name
        for stage in stages()
        for kind, said in stage.steps
        if kind == "COPY" and not said.startswith("--from")
        for name in said.split()[:-1]
    }
    assert "*" in lines
    assert sent == copied
    assert all((ROOT / name).exists() for name in copied)


def test_compose_starts_the_directory_alone_unless_asked():
    services = COMPOSE["services"]
    assert [name for name, one in services.items() if "profiles" not in one] == ["directory"]
    assert "state:" + STATE in services["directory"]["volumes"]
    ours = [one for one in services.values() if one.get("build") == "."]
    for one in ours:
        assert one["read_only"]
        assert one["cap_drop"] == ["ALL"]
    published = [port for one in services.values() for port in one.get("ports", ())]
    assert all(port.startswith("127.0.0.1:") for port in published)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    archive = folder / "release.zip"
    archives.with_wheelhouse("al2023", archive)
    with zipfile.ZipFile(archive) as found:
        for entry in found.infolist():
            if entry.filename.endswith(".whl"):
                (folder / Path(entry.filename).name).write_bytes(found.read(entry))
    return folder


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_steps_in_a_chroot_give_the_page_with_a_root_that_cannot_be_written(wheels, tmp_path):
    work = tmp_path / "work"
    work.mkdir()
    script = "\n".join([build_script(debian_root(), wheels, work), run_script(work / "image")])
    command = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "bash", "-c"]
    done = subprocess.run(
        [*command, script], capture_output=True, text=True, check=False, timeout=500
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-4000:]
    assert "\n/ 200 True\n" in f"\n{done.stdout}", said
    assert re.search(r"^/readyz 200 ", done.stdout, re.MULTILINE), said
    assert done.stdout.count("refused: ") == 3, said
    assert "user: 10001 10001 []" in done.stdout, said


def run_script(root: Path) -> str:
    """Start the image as a container would, wait for its health check, and look around in it."""
    stage = image_stage()
    environment = stage.environment()

    def inside(command: list[str]) -> str:
        return within(root, command, environment, FOLDER, stage.last("USER"))

    health = json.loads(stage.last("HEALTHCHECK").partition("CMD ")[2])
    serve = inside(json.loads(stage.last("CMD")))
    return f"""
    ip link set lo up
    mount -t tmpfs -o mode=1777 tmpfs {root}/tmp
    mount -t tmpfs -o mode=0700,uid=10001,gid=10001 tmpfs {root}{STATE}
    mount -o remount,ro {root}
    {serve} >{shlex.quote(str(root.parent / "log"))} 2>&1 &
    for _ in $(seq 60); do
      if {inside(health)} 2>/dev/null; then break; fi
      sleep 0.5
    done
    {inside(health)} || {{ cat {root.parent / "log"}; exit 1; }}
    {inside(["python", "-c", LOOK])}
    """
