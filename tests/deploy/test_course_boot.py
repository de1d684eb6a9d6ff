"""The course's own scripts, as they stand there but for the region, make a directory of a machine.

Its python3 and pip are of Amazon Linux's versions; wget, unzip, yum and amazon-linux-extras are
stood in for.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.support.machines.debian_root import debian_root
from tests.support.machines.directory_machine import DYNAMODB, S3, DirectoryMachine
from tests.support.machines.imds import running_imds
from tests.support.machines.machine import Machine
from tests.support.machines.namespaces import CLOUD, Network
from tests.support.machines.old_pythons import PIPS, old_python
from tests.support.machines.shims import COURSES_PROGRAMS, PIP

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

# AWS Technical Essentials, word for word; the learner fills in the region.
COURSES_SCRIPTS = {
    "al2": """\
#!/bin/bash -ex
wget https://aws-tc-largeobjects.s3-us-west-2.amazonaws.com/DEV-AWS-MO-GCNv2/FlaskApp.zip
unzip FlaskApp.zip
cd FlaskApp/
yum -y install python3 mysql
pip3 install -r requirements.txt
amazon-linux-extras install epel
yum -y install stress
export PHOTOS_BUCKET=${SUB_PHOTOS_BUCKET}
export AWS_DEFAULT_REGION=<INSERT REGION HERE>
export DYNAMO_MODE=on
FLASK_APP=application.py /usr/local/bin/flask run --host=0.0.0.0 --port=80
""",
    "al2023": """\
#!/bin/bash -ex
wget https://aws-tc-largeobjects.s3-us-west-2.amazonaws.com/DEV-AWS-MO-GCNv2/FlaskApp.zip
unzip FlaskApp.zip
cd FlaskApp/
yum -y install python3-pip
pip install -r requirements.txt
yum -y install stress
export PHOTOS_BUCKET=${SUB_PHOTOS_BUCKET}
export AWS_DEFAULT_REGION=<INSERT REGION HERE>
export DYNAMO_MODE=on
FLASK_APP=application.py /usr/local/bin/flask run --host=0.0.0.0 --port=80
""",
}
OS_RELEASES = {"al2": 'ID="amzn"\nVERSION_ID="2"\n', "al2023": 'ID="amzn"\nVERSION_ID="2023"\n'}
ENV = "/etc/employee-directory/env"

al2_only = pytest.mark.parametrize("directory", ["al2"], indirect=True)


class CourseMachine(DirectoryMachine):
    """Booted from the course's script. That AWS is elsewhere, the machine says, not the script."""

    def add_programs(self) -> None:
        super().add_programs()
        for name, text in COURSES_PROGRAMS.items():
            self.machine.put(f"usr/local/bin/{name}", text, mode=0o755)
        self.machine.put("opt/packages/pip", PIP, mode=0o755)
        self.machine.put("etc/os-release", OS_RELEASES[self.system])
        where = " ".join(f"{name}={value}" for name, value in self.where_aws_is().items())
        manager = f"[Manager]\nDefaultEnvironment={where}\n"
        self.machine.put("etc/systemd/system.conf.d/aws.conf", manager)

    def where_aws_is(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL_DYNAMODB": f"http://{CLOUD}:{DYNAMODB}",
            "AWS_ENDPOINT_URL_S3": f"http://{CLOUD}:{S3}",
            "DYNAMO_TABLE": self.table,
        }

    def flask_run(self, setting: str) -> tuple[int, str]:
        """The script's last line, by hand, with another setting; status and output."""
        done = self.machine.run(
            *("env", "--chdir=/FlaskApp", "FLASK_APP=application.py", setting),
            *("/usr/local/bin/flask", "run", "--host=0.0.0.0", "--port=80"),
        )
        return done.returncode, done.stdout + done.stderr

    def user_data(self) -> str:
        return COURSES_SCRIPTS[self.system].replace("<INSERT REGION HERE>", "us-west-2")

    @property
    def table(self) -> str:
        return f"Employees-course-{self.system}"


@pytest.fixture(scope="module", params=["al2023", "al2"])
def directory(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    dynamodb_local: str,
    s3_server: str,
) -> Iterator[CourseMachine]:
    root, python = debian_root(), old_python(request.param)
    with Network() as network, running_imds(network):
        network.offer(DYNAMODB, urlsplit(dynamodb_local).port or 0)
        network.offer(S3, urlsplit(s3_server).port or 0)
        folder = tmp_path_factory.mktemp(f"course-{request.param}")
        machine = Machine(root, folder, network, python)
        directory = CourseMachine(request.param, machine, network)
        try:
            directory.switch_on()
            yield directory
        finally:
            machine.switch_off()


def test_the_courses_script_ends_well_and_the_page_is_on_port_80(directory, record_property):
    said = directory.machine.finish_booting()
    assert "\nextended_status: done\n" in said, said + directory.machine.console()
    assert "errors: []" in said
    assert directory.machine.tell("systemctl", "--failed", "--plain", "--no-legend") == ""
    assert "Employee Directory" in directory.page()
    record_property("seconds from power-on to the first page", directory.seconds_to_first_page)


def test_the_python_and_pip_of_the_system_have_started_it(directory, record_property):
    version = directory.machine.tell("pip3", "--version")
    record_property(f"pip of {directory.system}", version)
    assert version.startswith(f"pip {PIPS[directory.system]} ")
    (shebang,) = directory.machine.tell("head", "-n1", "/usr/local/bin/flask").splitlines()
    assert shebang.startswith("#!/usr/local/bin/python3")
    as_errors = ("python3", "-W", "error", "-m", "py_compile", "/FlaskApp/application.py")
    directory.machine.tell(*as_errors)


def test_the_log_of_the_script_ends_with_the_setup_link_and_what_was_left_empty(directory):
    log = directory.machine.tell("cat", "/var/log/cloud-init-output.log")
    ours = log[log.index("flask run --host=0.0.0.0 --port=80") :].splitlines()[1:]
    assert ("Support for Amazon Linux 2 ended on 2026-06-30" in ours[0]) == (
        directory.system == "al2"
    )
    assert re.search(r"To become one, open http://\S+/setup/[0-9a-f]{32}\n", log)
    assert "PHOTOS_BUCKET is empty, so photos are off." in log
    assert "This script has done its part. The service employee-directory holds port 80" in log


def test_the_settings_of_the_script_are_the_services(directory):
    settings = directory.machine.tell("cat", ENV).splitlines()
    assert {"AWS_DEFAULT_REGION='us-west-2'", "DYNAMO_MODE='on'"} <= set(settings)
    assert not [line for line in settings if line.startswith(("FLASK_", "PHOTOS_BUCKET"))]


def test_the_service_runs_as_its_user_and_nothing_of_the_course_runs_on(directory):
    user = directory.machine.tell("id", "--user", "employee-directory")
    for process in directory.processes():
        status = directory.machine.tell("cat", f"/proc/{process}/status")
        assert re.search(rf"^Uid:\t{user}\t{user}\t{user}\t{user}$", status, re.MULTILINE)
    assert directory.machine.run("pgrep", "--full", "flask run").returncode == 1


@al2_only
def test_the_script_run_again_by_hand_with_a_bucket_keeps_the_rest(directory):
    before = directory.running_release()
    status, said = directory.flask_run("PHOTOS_BUCKET=photos-of-the-course")
    assert status == 0, said
    assert "photos are off" not in said
    settings = set(directory.machine.tell("cat", ENV).splitlines())
    assert {"PHOTOS_BUCKET='photos-of-the-course'", "DYNAMO_MODE='on'"} <= settings
    assert directory.running_release() == before


@al2_only
def test_an_installation_that_fails_fails_flask_run_and_leaves_the_service(directory):
    before = directory.machine.tell("cat", ENV)
    status, said = directory.flask_run("SYSTEM=of-which-we-know-nothing")
    assert status == 1
    assert "NOT INSTALLED. SYSTEM=of-which-we-know-nothing is neither al2023 nor al2." in said
    assert "The directory that was running goes on: /opt/employee-directory/releases/" in said
    assert said.rstrip().endswith("the lines above say why and what to do.")
    assert directory.machine.tell("cat", ENV) == before
    assert directory.page_status() == 200


def test_a_person_who_was_added_is_there_after_a_reboot(directory):
    directory.add("Grace Course")
    directory.machine.reboot()
    directory.wait_for_page(120)
    assert "Grace Course" in directory.page()
    directory.machine.finish_booting()
    assert directory.machine.tell("systemctl", "--failed", "--plain", "--no-legend") == ""
