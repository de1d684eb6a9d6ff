"""A machine that boots: Debian with real systemd and cloud-init, as its own namespaces allow."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from tests.support.machines.namespaces import Network
from tests.support.servers.server_process import ServerProcess

# Where the host still mounts the first version of cgroups, systemd gets the second for itself. All
# of it is in a process namespace that ends with the tests, so that no machine outlives them.
BOOT = r"""
set -e
mount --make-rprivate /
umount --lazy /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p /run/systemd/nspawn
mount -t tmpfs tmpfs /run/systemd/nspawn # where it removes things, it wants no disk
mount -t overlay overlay -o "lowerdir=$LOWER,upperdir=$DISK/upper,workdir=$DISK/work" "$DISK/root"
status=133 # what it ends with when the machine wants to be booted again
while [ $status = 133 ]; do
  status=0
  systemd-nspawn --quiet --directory="$DISK/root" --boot --machine=directory-test \
    --network-namespace-path="$NETWORK" --bind-ro="$MEDIA:/media" --register=no --keep-unit \
    --console=pipe --link-journal=no --resolv-conf=off --timezone=off || status=$?
done
"""
SEED = "var/lib/cloud/seed/nocloud"


class Machine:
    """One machine: its disk is a folder over the Debian root; ``media`` is a folder it can read.

    Folders of ``added`` lie over the root, as if their files had been installed there.
    """

    def __init__(self, root: Path, folder: Path, network: Network, *added: Path) -> None:
        self._layers = (*added, root)
        self._disk = folder / "disk"
        self.media = folder / "media"
        for made in (self.media, *(self._disk / name for name in ("upper", "work", "root"))):
            made.mkdir(parents=True)
        self._log = folder / "console.log"
        self._network = network
        self._process: ServerProcess | None = None

    def put(self, path: str, text: str, mode: int = 0o644) -> None:
        """A file of its disk, before it is switched on."""
        file = self._disk / "upper" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)

    def has_written(self, path: str) -> bool:
        """Whether there is such a file, not of the Debian root but its own."""
        return (self._disk / "upper" / path.lstrip("/")).exists()

    def switch_on(self, user_data: str) -> None:
        self.put(f"{SEED}/meta-data", "instance-id: i-0123456789abcdef0\n")
        self.put(f"{SEED}/user-data", user_data)
        environment = os.environ | {
            "LOWER": ":".join(map(str, self._layers)),
            "DISK": str(self._disk),
            "MEDIA": str(self.media),
            "NETWORK": str(self._network.machine_path),
        }
        namespaces = ["--mount", "--pid", "--fork", "--mount-proc", "--kill-child"]
        self._process = ServerProcess(
            ["unshare", *namespaces, "bash", "-c", BOOT],
            folder=self._disk,
            log=self._log,
            environment=environment,
        )

    def run(self, *command: str, seconds: float = 180) -> subprocess.CompletedProcess[str]:
        """Run something in the machine, as its root."""
        entered = ["nsenter", f"--target={self.init()}", "--all", *command]
        return subprocess.run(
            entered, capture_output=True, text=True, timeout=seconds, check=False, env=ROOTS
        )

    def tell(self, *command: str, seconds: float = 60) -> str:
        """Its output, without the end of the line; raises when it fails."""
        done = self.run(*command, seconds=seconds)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}\n{self.console()}"
        return done.stdout.strip()

    def start(self, *command: str) -> subprocess.Popen[str]:
        """As ``run``, without waiting."""
        entered = ["nsenter", f"--target={self.init()}", "--all", *command]
        return subprocess.Popen(
            entered, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=ROOTS
        )

    def init(self) -> int:
        """The process that is number 1 in the machine, seen from here."""
        assert self._process is not None
        ends = time.monotonic() + 120
        while time.monotonic() < ends:
            for pid in descendants(self._process.pid):
                if inner_pid(pid) == ("systemd", 3):
                    return pid
            time.sleep(0.05)
        raise AssertionError(f"the machine did not start\n{self.console()}")

    def finish_booting(self, seconds: float = 300) -> str:
        """Wait for cloud-init; what it says in the end."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            said = self.run("cloud-init", "status", "--wait", "--long", seconds=seconds).stdout
            if re.search(r"^status: (done|error)", said, re.MULTILINE):
                return said
            time.sleep(0.2)
        raise AssertionError(f"cloud-init did not end\n{self.console()}")

    def reboot(self) -> None:
        before = self.init()
        self.run("systemctl", "reboot")
        ends = time.monotonic() + 180
        while Path(f"/proc/{before}").exists():
            assert time.monotonic() < ends, self.console()
            time.sleep(0.05)

    def switch_off(self) -> None:
        if self._process is not None:
            if self._process.running:
                os.kill(self.init(), signal.SIGRTMIN + 4)
            ends = time.monotonic() + 20
            while self._process.running and time.monotonic() < ends:
                time.sleep(0.1)
            self._process.kill()

    def console(self) -> str:
        return self._log.read_text(errors="replace")[-6000:]


ROOTS = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}


def descendants(pid: int) -> Sequence[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [found for child in children for found in (int(child), *descendants(int(child)))]


def inner_pid(pid: int) -> tuple[str, int]:
    """The name of a process, and how many namespaces deep it is number 1; else 0."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return "", 0
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    numbers = fields["NSpid"].split()
    return fields["Name"], len(numbers) if numbers[-1] == "1" else 0
