"""The image: built by buildah, it serves pages as a user without rights from a read-only root."""

import json
import re
import subprocess
from typing import Any

import jsonschema
import pytest
import yaml

from tests.support.compose_schema import compose_schema
from tests.support.machines import archives
from tests.support.machines.image import build_and_run
from tests.support.needs import find
from tests.support.repository import ROOT

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
STATE = "/var/lib/employee-directory"
LOOK = """
import http.client, json, os, pathlib
c = http.client.HTTPConnection("127.0.0.1", int(os.environ["PORT"]))
pages, refused = {}, []
for path in ("/", "/add", "/readyz"):
    c.request("GET", path)
    answer = c.getresponse()
    pages[path] = [answer.status, b"Employee Directory" in answer.read()]
for place in ("/opt/employee-directory/new", "/opt/venv/new", "/etc/new", "/usr/new"):
    try:
        pathlib.Path(place).write_text("")
    except OSError:
        refused.append(place)
kept = sorted(path.name for path in pathlib.Path(os.environ["INSTANCE_FOLDER"]).iterdir())
user = [os.getuid(), os.getgid(), os.getgroups()]
version = pathlib.Path("VERSION").read_text()
print(json.dumps(dict(pages=pages, refused=refused, kept=kept, user=user, version=version)))
"""


def test_hadolint_finds_nothing():
    hadolint = find("hadolint", "the Dockerfile")
    checked = subprocess.run([hadolint, "Dockerfile"], cwd=ROOT, capture_output=True, text=True)
    assert (checked.returncode, checked.stdout) == (0, "")


def test_the_image_installs_by_hash_from_a_base_that_cannot_change():
    assert re.search(r"^ARG BASE=docker\.io/\S+@sha256:[0-9a-f]{64}$", DOCKERFILE, re.MULTILINE)
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {"${BASE}"}
    assert "--no-deps --only-binary :all: --require-hashes" in DOCKERFILE
    assert not re.search(r"apt-get|gcc|build-essential|curl|SECRET|TOKEN", DOCKERFILE)


def test_nothing_but_what_the_image_takes_is_sent_to_its_builder():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    sent = {line[1:] for line in lines if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    assert "*" in lines
    assert sent == {name for names in copied for name in names.split()}
    assert all((ROOT / name).exists() for name in sent)


@pytest.mark.slow
def test_compose_yaml_is_as_the_specification_wants_it():
    specification = jsonschema.Draft7Validator(compose_schema())
    assert [error.message for error in specification.iter_errors(COMPOSE)] == []
    misspelt = {"services": {"directory": {"imgae": "employee-directory"}}}
    assert not specification.is_valid(misspelt)


def test_compose_starts_the_directory_alone_unless_asked():
    services = COMPOSE["services"]
    assert [name for name, one in services.items() if "profiles" not in one] == ["directory"]
    assert "state:" + STATE in services["directory"]["volumes"]
    for one in (one for one in services.values() if one.get("build") == "."):
        assert one["read_only"]
        assert one["cap_drop"] == ["ALL"]
    published = [port for one in services.values() for port in one.get("ports", ())]
    assert all(port.startswith("127.0.0.1:") for port in published)
    named = {name for one in services.values() for name in one.get("depends_on", ())}
    assert named <= set(services)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("release")
    archives.with_wheelhouse("al2023", folder / "release.zip")
    archives.unpack_wheels(folder / "release.zip", folder / "wheels")
    return build_and_run(folder / "wheels", tmp_path_factory.mktemp("image"), LOOK)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_container_serves_pages_with_a_root_that_cannot_be_written(seen):
    looked = json.loads(seen["seen"])
    assert looked["pages"] == {"/": [200, True], "/add": [303, False], "/readyz": [200, False]}
    assert len(looked["refused"]) == 4
    assert "directory.db" in looked["kept"]
    assert looked["user"] == [10001, 10001, []]
    assert looked["version"] == "1.2.3\n"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_image_says_how_it_is_run_and_asked_how_it_is(seen):
    settings = seen["settings"]
    assert settings["User"] == "10001:10001"
    assert set(settings["Volumes"]) == {STATE, "/tmp"}
    assert f"PORT={next(iter(settings['ExposedPorts'])).partition('/')[0]}" in settings["Env"]
    unit = (ROOT / "deploy/systemd/employee-directory.service").read_text()
    assert " ".join(settings["Cmd"]) in unit
    assert "/healthz" in str(settings["Healthcheck"]["Test"])
    assert seen["healthy before"] is False
    assert seen["setup"] == 0
    assert seen["ended"] == 0
