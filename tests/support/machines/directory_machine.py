"""A machine that the user data has made a directory of, and what a person does with it."""

import re
import time
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import requests

from tests.support.machines import archives
from tests.support.machines.cloudwatch_agent import stream_file
from tests.support.machines.imds import INSTANCE_ID
from tests.support.machines.machine import Machine
from tests.support.machines.namespaces import CLOUD, Network
from tests.support.machines.shims import PACKAGES, PROGRAMS

DEPLOY = archives.ROOT / "deploy"
DYNAMODB, S3 = 8000, 8333
# What a shell, systemd and Python could each read in a way of their own.
COMPANY = 'O\'Hara "&" S\u00f6hne \\ $5 `id` #1 %h'
USER_DATA = "/var/lib/cloud/instance/user-data.txt"
LOG_GROUP = "/employee-directory/test"
LOG = "/var/log/employee-directory-bootstrap.log"
PARTS = ("reporting", "handover", "takeover")
RELEASES = "/opt/employee-directory/releases"


class DirectoryMachine:
    """Booted from ``deploy/user-data-SYSTEM.sh``, filled in as a person would."""

    def __init__(self, system: str, machine: Machine, network: Network) -> None:
        self.system = system
        self.machine = machine
        self.url = network.reach(80)
        self.first = machine.media / "first.zip"
        self.seconds_to_first_page = 0.0
        self._administrator: requests.Session | None = None

    def switch_on(self) -> None:
        archives.with_wheelhouse(self.system, self.first)
        self.add_programs()
        began = time.monotonic()
        self.machine.switch_on(self.user_data())
        self.wait_for_page(300)
        self.seconds_to_first_page = time.monotonic() - began

    def add_programs(self) -> None:
        for name, text in PROGRAMS[self.system].items():
            self.machine.put(f"usr/local/bin/{name}", text, mode=0o755)
        for name, text in PACKAGES.items():
            self.machine.put(f"opt/packages/{name}", text)

    def user_data(self) -> str:
        settings = {
            "APP_ARCHIVE": "file:///media/first.zip",
            "APP_SHA256": archives.sha256_of(self.first),
            "PHOTOS_BUCKET": f"photos-{self.system}",
            "DYNAMO_MODE": "on",
            "DYNAMO_TABLE": self.table,
            "AWS_ENDPOINT_URL_DYNAMODB": f"http://{CLOUD}:{DYNAMODB}",
            "AWS_ENDPOINT_URL_S3": f"http://{CLOUD}:{S3}",
            "LOG_GROUP": LOG_GROUP,
            "COMPANY_NAME": COMPANY,
        }
        return fill_in(self.system, settings)

    @property
    def table(self) -> str:
        return f"Employees-{self.system}"

    def release(self, name: str, changed: dict[str, str]) -> str:
        """A newer archive in reach of the machine; its sha256."""
        archive = self.machine.media / f"{name}.zip"
        archives.vary(self.first, archive, changed | {"VERSION": name})
        return archives.sha256_of(archive)

    def built_release(self, name: str, changed: dict[str, str]) -> str:
        """As ``release``, and already on the machine as its installation would build it there: for
        what comes after that."""
        archive, changed = self.machine.media / f"{name}.zip", changed | {"VERSION": name}
        archives.vary(self.first, archive, changed, wheels=False)
        sha256, running = archives.sha256_of(archive), self.running_release()
        new = f"{RELEASES}/{sha256}"
        self.machine.tell("cp", "-al", f"{RELEASES}/{running}", new)
        naming = ("find", f"{new}/venv/bin", f"{new}/venv/pyvenv.cfg", "-type", "f")
        self.machine.tell(*naming, "-exec", "sed", "-i", f"s/{running}/{sha256}/", "{}", "+")
        for file, text in changed.items():
            # Not through what is there, which is the running release's too.
            write = 'rm -f "$1" && printf %s "$2" >"$1"'
            self.machine.tell("bash", "-c", write, "-", f"{new}/{file}", text)
        return sha256

    def is_built(self, sha256: str) -> bool:
        return self.machine.has_written(f"{RELEASES}/{sha256}/.complete")

    def install(self, name: str, sha256: str, *more: str) -> tuple[int, str]:
        """Run the user data again for this archive, as its first lines say; status and output."""
        done = self.machine.run(
            *("env", f"APP_ARCHIVE=file:///media/{name}.zip", f"APP_SHA256={sha256}"),
            *(*more, "bash", USER_DATA),
            seconds=300,
        )
        return done.returncode, done.stdout + done.stderr

    def cut_a_handover_short(self) -> None:
        """Leave what an installer leaves that was killed while it handed over."""
        parts = (f"/opt/employee-directory/current/deploy/install/{name}.sh" for name in PARTS)
        sourced = "; ".join(f". {part}" for part in parts)
        self.machine.tell(
            "bash",
            "-ec",
            "CONFIG=/etc/employee-directory CURRENT=/opt/employee-directory/current\n"
            f"PREVIOUS=/opt/employee-directory/previous\n{sourced}\n"
            "begin_handover $(readlink $CURRENT)\n"
            "echo DYNAMO_MODE=yess >>$CONFIG/env; point $CURRENT /nowhere",
        )

    def running_release(self) -> str:
        """The sha256 of the release that the service's process was started from."""
        return Path(self.machine.tell("readlink", f"/proc/{self.main_process()}/cwd")).name

    def previous_release(self) -> str:
        return Path(self.machine.tell("readlink", "/opt/employee-directory/previous")).name

    def main_process(self) -> int:
        return int(self.property_of("employee-directory.service", "MainPID"))

    def processes(self) -> list[str]:
        """The main process and its workers."""
        main = str(self.main_process())
        return [main, *self.machine.tell("pgrep", "--parent", main).split()]

    def memory_mb(self) -> float:
        """Proportional set size of all that runs as the service's user."""
        user = ("pgrep", "--uid", "employee-directory")
        sizes = [
            self.machine.tell("grep", "^Pss:", f"/proc/{process}/smaps_rollup").split()[1]
            for process in self.machine.tell(*user).split()
        ]
        return sum(map(int, sizes)) / 1024

    def journal(self, unit: str) -> str:
        return self.machine.tell("journalctl", "--no-pager", "--lines=40", f"--unit={unit}")

    def shipped(self, stream: str) -> str:
        """What the agent has sent to a stream of this machine; empty before it has."""
        file = stream_file(LOG_GROUP, f"{INSTANCE_ID}/{stream}")
        return self.machine.run("cat", str(file)).stdout

    def wait_until_shipped(self, stream: str, text: str) -> str:
        """As ``shipped``, once it has this."""
        ends = time.monotonic() + 60
        while text not in (shipped := self.shipped(stream)):
            assert time.monotonic() < ends, shipped[-3000:] + self.machine.console()
            time.sleep(0.2)
        return shipped

    def wait_until_reindexed(self) -> None:
        ends = time.monotonic() + 120
        while self.property_of("employee-directory-reindex.service", "ActiveState") != "inactive":
            assert time.monotonic() < ends, self.machine.console()
            time.sleep(0.5)

    def property_of(self, unit: str, name: str) -> str:
        return self.machine.tell("systemctl", "show", f"--property={name}", "--value", unit)

    def wait_for_page(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        while self.page_status() != 200:
            assert time.monotonic() < ends, self.machine.console()
            time.sleep(0.3)

    def page_status(self) -> int:
        try:
            return requests.get(f"{self.url}/", timeout=10).status_code
        except requests.RequestException:
            return 0

    def page(self, path: str = "/") -> str:
        answer = requests.get(f"{self.url}{path}", timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.text

    def setup_links(self) -> list[str]:
        """The links that the installation told, with which somebody becomes the administrator."""
        self.machine.finish_booting()
        return re.findall(r"open (http\S+/setup/[0-9a-f]{32})\b", self.machine.tell("cat", LOG))

    def claim(self) -> requests.Session:
        """Open the link that the system log shows, as a person does; the browser of who did."""
        browser = requests.Session()
        browser.trust_env = False
        path = urlsplit(self.setup_links()[-1]).path
        typed = {
            "code": path.rpartition("/")[2],
            "name": "Ana Ruiz",
            "email": "ana@corp.example",
            "password": "five otters at sea",
        }
        answer = self._send(browser, path, "/setup", typed)
        assert answer.url.startswith(f"{self.url}/settings"), answer.text
        return browser

    def add(self, full_name: str) -> None:
        """As the administrator does: open the form, fill it in, send it with what it hides."""
        self._administrator = self._administrator or self.claim()
        typed = {"full_name": full_name, "location": "Seattle", "job_title": "Engineer"}
        answer = self._send(self._administrator, "/add", "/add", typed)
        assert full_name in answer.text

    def _send(
        self, browser: requests.Session, page: str, action: str, typed: dict[str, str]
    ) -> requests.Response:
        form = HiddenFields()
        form.feed(browser.get(f"{self.url}{page}", timeout=30).text)
        answer = browser.post(f"{self.url}{action}", data=form.fields | typed, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer


class HiddenFields(HTMLParser):
    """The hidden fields of a page's forms."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "input" and found.get("type") == "hidden" and found.get("name"):
            self.fields[str(found["name"])] = found.get("value") or ""


def fill_in(system: str, settings: dict[str, str]) -> str:
    """The user data with its settings filled in: lines that are there, or else new ones."""
    text = (DEPLOY / f"user-data-{system}.sh").read_text()
    for name, value in settings.items():
        line = f"{name}={value}"
        text, count = re.subn(f"^{name}=.*$", lambda _: line, text, flags=re.MULTILINE)  # noqa: B023
        if not count:
            text = text.replace("\nEND_OF_SETTINGS", f"\n{line}\nEND_OF_SETTINGS")
    return text
