"""Both user-data scripts make a directory of a machine that boots, and keep it one."""

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import pytest
import requests

from app.storage.sql import schema
from tests.support.in_time import LATE
from tests.support.machines import archives
from tests.support.machines.debian_root import debian_root
from tests.support.machines.directory_machine import COMPANY, DYNAMODB, LOG, S3, DirectoryMachine
from tests.support.machines.imds import PUBLIC_ADDRESS, running_imds
from tests.support.machines.machine import Machine
from tests.support.machines.namespaces import Network
from tests.support.machines.shims import ASKED
from tests.support.machines.traffic import Traffic
from tests.support.needs import find
from tests.support.servers.slow_clients import (
    SlowClients,
    assert_pages_come_in_time,
    slow_and_silent_clients,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

# What comes after the boot is the same script on both.
al2023_only = pytest.mark.parametrize("directory", ["al2023"], indirect=True)
ROLL_BACK = ("bash", "/opt/employee-directory/current/deploy/install.sh", "--rollback")


@pytest.fixture(scope="module", params=["al2023", "al2"])
def directory(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    dynamodb_local: str,
    s3_server: str,
) -> Iterator[DirectoryMachine]:
    root = debian_root()
    with Network() as network, running_imds(network):
        network.offer(DYNAMODB, urlsplit(dynamodb_local).port or 0)
        network.offer(S3, urlsplit(s3_server).port or 0)
        machine = Machine(root, tmp_path_factory.mktemp(request.param), network)
        directory = DirectoryMachine(request.param, machine, network)
        fill_a_course_table(dynamodb_local, directory.table)
        try:
            directory.switch_on()
            yield directory
        finally:
            machine.switch_off()


def fill_a_course_table(endpoint: str, name: str) -> None:
    client = boto3.client("dynamodb", endpoint_url=endpoint)
    client.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    texts = {"id": "1", "full_name": "Ada Course", "location": "London", "job_title": "Analyst"}
    client.put_item(TableName=name, Item={key: {"S": text} for key, text in texts.items()})
    client.close()


def put_from_outside(endpoint: str, name: str, full_name: str) -> None:
    client = boto3.client("dynamodb", endpoint_url=endpoint)
    texts = {"id": full_name, "full_name": full_name, "location": "Oslo", "job_title": "Guest"}
    client.put_item(TableName=name, Item={key: {"S": text} for key, text in texts.items()})
    client.close()


def test_cloud_init_ends_well_and_no_unit_failed(directory, record_property):
    said = directory.machine.finish_booting()
    assert "\nextended_status: done\n" in said, said + directory.machine.console()
    assert "errors: []" in said
    assert directory.machine.tell("systemctl", "--failed", "--plain", "--no-legend") == ""
    record_property("seconds from power-on to the first page", directory.seconds_to_first_page)


def test_the_people_of_the_courses_table_are_listed_at_once(directory):
    directory.wait_until_reindexed()
    assert "Ada Course" in directory.page()


def test_nobody_changes_anything_before_somebody_has_opened_the_setup_link(directory):
    answer = requests.get(f"{directory.url}/add", timeout=30)
    assert answer.url.startswith(f"{directory.url}/sign-in")
    (link,) = directory.setup_links()
    assert link.startswith(f"http://{PUBLIC_ADDRESS}/setup/")
    assert directory.machine.tell("employee-directory", "setup-link").endswith(urlsplit(link).path)
    assert directory.machine.tell("stat", "--format=%a", LOG) == "640"
    directory.add("Ada Claims")
    assert "Ada Claims" in directory.page()


def test_the_log_goes_to_cloudwatch_line_by_line_and_the_setup_link_does_not(directory):
    (link,) = directory.setup_links()
    installation = directory.wait_until_shipped("bootstrap", "There is no administrator yet")
    assert "/setup/(left-out)" in installation
    visit(directory, "/marked-first")
    shipped = directory.wait_until_shipped("service", "/marked-first")
    assert urlsplit(link).path not in installation + shipped
    of_service = ("--unit=employee-directory.service", "--output=cat", "--no-pager")
    kept = directory.machine.tell("journalctl", *of_service)
    lines = [line for line in kept.splitlines() if line.startswith("{") and "/setup/" not in line]
    assert len(lines) > 3
    assert set(lines) <= set(shipped.splitlines())
    assert all(isinstance(json.loads(line), dict) for line in shipped.splitlines())
    modes = directory.machine.tell(
        "bash", "-c", "stat --format='%a %U %G' /var/log/employee-dir*y/*"
    )
    assert set(modes.splitlines()) <= {
        "640 employee-directory cwagent",
        "640 root cwagent",
        "600 employee-directory cwagent",
    }


def visit(directory: DirectoryMachine, path: str) -> None:
    requests.get(f"{directory.url}{path}", timeout=30)


def test_what_another_program_writes_is_listed_in_seconds(directory, dynamodb_local):
    put_from_outside(dynamodb_local, directory.table, "Otto Outside")
    ends = time.monotonic() + 60
    while "Otto Outside" not in directory.page():
        assert time.monotonic() < ends, directory.journal("employee-directory-follow.service")
        time.sleep(0.5)


def test_a_machine_of_one_gigabyte_has_room_for_all_of_it(directory, record_property):
    memory = directory.memory_mb()
    record_property("MB of all processes", memory)
    assert memory < 300


def test_a_person_added_through_port_80_is_there_after_a_reboot(directory):
    directory.add("Grace Reboot")
    directory.cut_a_handover_short()
    ran_before = directory.machine.tell("wc", "-l", LOG)
    directory.machine.reboot()
    directory.wait_for_page(120)
    assert "Grace Reboot" in directory.page()
    assert directory.running_release() == archives.sha256_of(directory.first)
    directory.machine.finish_booting()
    assert directory.machine.tell("systemctl", "--failed", "--plain", "--no-legend") == ""
    assert directory.machine.tell("wc", "-l", LOG) == ran_before


def test_each_line_is_shipped_once_after_a_reboot_a_restart_and_a_rotation(directory):
    visit(directory, "/marked-rebooted")
    directory.machine.tell("systemctl", "restart", "employee-directory-logs.service")
    visit(directory, "/marked-restarted")
    directory.wait_until_shipped("service", "/marked-restarted")
    folder = "/var/log/employee-directory"
    fill = f"yes '{{}}' | head -c 5000000 >>$(ls {folder}/service-*.log | tail -n 1)"
    directory.machine.tell("bash", "-c", fill)
    visit(directory, "/marked-full")
    visit(directory, "/marked-rotated")
    shipped = directory.wait_until_shipped("service", "/marked-rotated")
    for name in ("first", "rebooted", "restarted", "full", "rotated"):
        assert shipped.count(f"/marked-{name}") == 1, name
    files = directory.machine.tell("bash", "-c", f"ls {folder}/service-*.log").split()
    assert len(files) == 2


def test_the_service_runs_as_its_user_without_any_capability(directory):
    user = directory.machine.tell("id", "--user", "employee-directory")
    for process in directory.processes():
        fields = dict(
            line.split(":\t", 1)
            for line in directory.machine.tell("cat", f"/proc/{process}/status").splitlines()
            if ":\t" in line
        )
        assert fields["Uid"].split() == [user] * 4
        assert {fields[f"Cap{name}"] for name in ("Inh", "Prm", "Eff", "Bnd", "Amb")} == {"0" * 16}
        assert fields["NoNewPrivs"] == "1"


def test_the_service_can_write_nothing_but_its_own_folder(directory):
    inside = ["nsenter", f"--target={directory.main_process()}", "--mount", "--"]
    places = ("/opt/employee-directory/current", "/etc/employee-directory", "/usr", "/home")
    for place in places:
        assert directory.machine.run(*inside, "touch", f"{place}/written").returncode != 0
    assert directory.machine.run(*inside, "touch", "/var/lib/employee-directory/it").returncode == 0


def test_the_settings_are_for_the_service_only_and_hold_the_region_of_the_machine(directory):
    env = "/etc/employee-directory/env"
    shown = directory.machine.tell("stat", "--format=%a %U %G", env)
    assert shown == "640 root employee-directory"
    settings = directory.machine.tell("cat", env)
    assert "AWS_DEFAULT_REGION='us-west-2'" in settings
    assert "APP_ARCHIVE" not in settings
    login = directory.machine.tell("getent", "passwd", "employee-directory")
    assert login.endswith("/nologin")


def test_a_value_of_any_characters_reaches_the_service_and_its_commands_as_it_was(directory):
    shown = directory.machine.tell("cat", f"/proc/{directory.main_process()}/environ")
    assert f"COMPANY_NAME={COMPANY}" in shown.split("\0")
    read = '. $0; load_settings /etc/employee-directory/env; printf %s "$COMPANY_NAME"'
    script = "/opt/employee-directory/current/deploy/install/load_settings.sh"
    assert directory.machine.tell("bash", "-c", read, script) == COMPANY


def test_the_packages_of_the_system_are_asked_for_and_stress_is_never_fatal(directory):
    asked = directory.machine.tell("cat", ASKED)
    if directory.system == "al2023":
        assert asked.splitlines() == [
            "dnf install -y -q stress",
            "dnf install -y -q python3.13 python3.13-pip",
            "dnf install -y -q amazon-cloudwatch-agent",
        ]
    else:
        assert "amazon-linux-extras install -y epel" in asked
        assert "by itself instead" in directory.machine.tell("cat", LOG)


def test_photos_that_nobody_names_are_swept_daily(directory):
    directory.machine.tell("systemctl", "start", "employee-directory-sweep.service")
    assert directory.property_of("employee-directory-sweep.service", "Result") == "success"
    assert directory.property_of("employee-directory-sweep.timer", "ActiveState") == "active"


def test_a_command_of_flask_runs_with_the_settings_of_the_service(directory):
    said = directory.machine.tell("employee-directory", "setup")
    assert f"Found the table {directory.table}." in said


def test_a_killed_service_answers_again(directory):
    before = directory.main_process()
    directory.machine.tell("kill", "-KILL", str(before))
    directory.wait_for_page(60)
    assert directory.main_process() != before


def test_forwarded_headers_are_not_believed_unless_told_to(directory):
    believed = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    answer = requests.get(f"{directory.url}/sign-in", headers=believed, timeout=30)
    assert "Strict-Transport-Security" not in answer.headers
    assert "Secure" not in answer.headers["Set-Cookie"]


@al2023_only
def test_slow_and_silent_clients_stop_no_page_of_a_machine(directory):
    port = urlsplit(directory.url).port
    with SlowClients(port, slow_and_silent_clients()):
        assert_pages_come_in_time(port, seconds=15)


@al2023_only
def test_an_upgrade_drops_no_request_and_can_be_taken_back(directory):
    first = directory.running_release()
    second = directory.release("second", {})
    with Traffic(directory.url, dense=lambda: directory.is_built(second)) as traffic:
        status, said = directory.install("second", second)
        assert status == 0, said
        assert directory.running_release() == second
        done = directory.machine.run(*ROLL_BACK)
        assert done.returncode == 0, done.stdout
        assert directory.running_release() == first
        assert directory.machine.run(*ROLL_BACK).returncode == 0
        assert directory.running_release() == second
    assert traffic.failures == []
    assert traffic.answers > 20
    assert traffic.slowest < 10 + LATE


FAILS = "{{ nobody.knows.this }}"


def changed_in(file: str, was: str, now: str) -> dict[str, str]:
    """A file of a release with another text in the place of one."""
    text = (archives.ROOT / file).read_text()
    assert was in text
    return {file: text.replace(was, now)}


BROKEN = {
    "list": ({"templates/list.html": FAILS}, "It answered / with 500."),
    "form": ({"templates/form.html": FAILS}, "/add 500"),
    "ready": (
        changed_in("app/web/machine/health.py", "200 if is_ready", "503 if is_ready"),
        "It answered /readyz with 503: {",
    ),
}


@al2023_only
def test_releases_whose_pages_fail_are_refused_without_a_failed_request(directory):
    before, process = directory.running_release(), directory.main_process()
    with Traffic(directory.url, dense=lambda: True) as traffic:
        for name, (changed, why) in BROKEN.items():
            status, said = directory.install(name, directory.built_release(name, changed))
            assert status == 1, said
            assert re.search(r"NOT INSTALLED\. The release \S+ was refused\..* goes on", said)
            assert why in said
    assert (directory.running_release(), directory.main_process()) == (before, process)
    assert traffic.failures == []


MIGRATION = """
from alembic import op
from sqlalchemy import Column, Text

revision, down_revision = "{}", "{}"


def upgrade():
    op.{}
"""


def migration(change: str) -> dict[str, str]:
    """The files of a release that changes the tables so."""
    newest = schema.newest_version()
    number = f"{int(newest) + 1:04}"
    path = f"app/storage/sql/migrations/versions/{number}_next.py"
    return {path: MIGRATION.format(number, newest, change)}


@al2023_only
def test_a_release_that_does_not_start_is_refused_and_the_log_says_why(directory):
    before, process = directory.running_release(), directory.main_process()
    wrong = "raise RuntimeError('left half done')"
    broken = directory.built_release("broken", {"application.py": wrong})
    status, said = directory.install("broken", broken)
    assert status == 1
    assert "left half done" in said
    assert re.search(r"NOT INSTALLED\. The release \S+ was refused\..* goes on", said)
    assert "left half done" in directory.machine.tell("cat", LOG)
    assert (directory.running_release(), directory.main_process()) == (before, process)
    assert directory.page_status() == 200


@al2023_only
def test_a_release_that_fails_under_systemd_only_is_put_back(directory):
    before = directory.running_release()
    unit = Path("deploy/systemd/employee-directory.service")
    wrong = unit.read_text().replace("--config gunicorn", "--config nowhere/gunicorn")
    assert wrong != unit.read_text()
    broken = directory.built_release("misplaced", {unit.as_posix(): wrong})
    status, said = directory.install("misplaced", broken)
    assert status == 1
    assert "the one before was put back" in said
    assert directory.running_release() == before
    assert directory.page_status() == 200


@al2023_only
def test_settings_that_cannot_be_understood_leave_the_old_ones_in_force(directory):
    before = directory.machine.tell("cat", "/etc/employee-directory/env")
    first = archives.sha256_of(directory.first)
    status, said = directory.install("first", first, "DYNAMO_MODE=yess")
    assert status == 1
    assert "DYNAMO_MODE is 'yess', which is neither on nor off" in said
    assert directory.machine.tell("cat", "/etc/employee-directory/env") == before
    assert directory.page_status() == 200


@al2023_only
def test_an_archive_with_another_sum_is_not_unpacked(directory):
    status, said = directory.install("first", "0" * 64)
    assert status == 1
    assert "The archive is not the one that was meant" in said
    assert directory.machine.run("ls", f"/opt/employee-directory/releases/{'0' * 64}").returncode


@al2023_only
def test_the_tables_of_a_refused_release_are_read_by_the_one_that_runs(directory):
    first = archives.sha256_of(directory.first)
    in_sqlite = "DYNAMO_MODE=off"
    assert directory.install("first", first, in_sqlite)[0] == 0
    added = migration("add_column('person', Column('shoe', Text))")
    taken = migration("drop_table('vocabulary')")
    with Traffic(directory.url, dense=lambda: True) as traffic:
        broken = directory.built_release("taken", taken)
        status, said = directory.install("taken", broken, in_sqlite)
        assert (status, "there would be no table vocabulary" in said) == (1, True), said
        broken = directory.built_release("added", added | {"templates/form.html": FAILS})
        status, said = directory.install("added", broken, in_sqlite)
        assert (status, "/add 500" in said) == (1, True), said
    assert traffic.failures == []
    assert directory.running_release() == first


@al2023_only
def test_a_clone_is_installed_as_its_archive_would_be(directory):
    sha256 = bring_a_clone(directory)
    directory.machine.tell("dnf", "install", "-y", "-q", "git")
    directory.machine.tell("cp", "-a", "/media/clone", "/home/clone")
    # Debian's name says nothing to it, and there is no way to PyPI.
    given = (
        "SYSTEM=al2023",
        "PIP_NO_INDEX=1",
        "PIP_FIND_LINKS=/media/wheels",
        "CONTACT=a@b.example",
    )
    done = directory.machine.run("env", *given, "/home/clone/deploy/install.sh", seconds=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert directory.running_release() == sha256
    settings = directory.machine.tell("cat", "/etc/employee-directory/env")
    assert "CONTACT='a@b.example'" in settings
    assert f"DYNAMO_TABLE='{directory.table}'" in settings  # as before, as nothing else was said
    assert directory.page_status() == 200


def bring_a_clone(directory: DirectoryMachine) -> str:
    """A clone of an ordinary user, git and the wheels, in its reach; the sum of its archive."""
    media = directory.machine.media
    clone, archive = media / "clone", media / "of-the-clone.zip"
    source = ["git", "clone", "--quiet", "--depth=1", f"file://{archives.ROOT}"]
    subprocess.run([*source, str(clone)], check=True)
    build = [sys.executable, str(clone / "deploy/build-archive"), f"--output={archive}"]
    subprocess.run(build, check=True, capture_output=True)
    subprocess.run(["chown", "-R", "1000:1000", str(clone)], check=True)
    shutil.copy(find("git", "a clone"), media / "git")
    archives.unpack_wheels(directory.first, media / "wheels")
    return archives.sha256_of(archive)


@al2023_only
def test_three_releases_are_kept(directory):
    releases = "/opt/employee-directory/releases"
    for number in range(3):
        directory.machine.tell("mkdir", f"{releases}/old-{number}")
        date = f"--date=2020-01-0{number + 1}"
        directory.machine.tell("touch", date, f"{releases}/old-{number}/.complete")
    status, said = directory.install("first", archives.sha256_of(directory.first))
    assert status == 0, said
    assert "/setup/" not in said  # there is an administrator
    kept = directory.machine.tell("ls", releases).split()
    assert len(kept) == 3
    assert {directory.running_release(), directory.previous_release()} <= set(kept)
    assert {"old-0", "old-1"}.isdisjoint(kept)
