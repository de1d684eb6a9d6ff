"""The image as buildah builds it from the Dockerfile, and a container of it with a read-only root.

There is no registry of images here, so Debian's own Python 3.13 stands in for the base image. All
of it happens in a mount namespace of its own, in memory, and is gone when that ends.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.support.machines.debian_root import debian_root
from tests.support.needs import find
from tests.support.repository import ROOT

PURPOSE = "the image"
BASE = "localhost/python"
IMAGE = "localhost/employee-directory"
LEFT_OUT = ("boot", "usr/share/doc", "usr/share/locale", "usr/share/man")
DEVICES = {"null": 3, "zero": 5, "random": 8, "urandom": 9}
START_SECONDS = 60


def build_and_run(wheels: Path, work: Path, look: str) -> dict[str, Any]:
    """Build and start the image, run this Python in the container; return what was seen."""
    base = debian_root()
    find("buildah", PURPOSE)
    namespace = ("--mount", "--net", "--pid", "--mount-proc", "--fork", "--kill-child")
    command = [find("unshare", PURPOSE), *namespace, sys.executable, "-m", __name__]
    done = subprocess.run(
        [*command, str(base), str(wheels), str(work)],
        input=look,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return seen


class Builder:
    """buildah with its storage in one folder."""

    def __init__(self, folder: Path) -> None:
        places = (f"--root={folder}/images", f"--runroot={folder}/run", "--storage-driver=overlay")
        self._command = [find("buildah", PURPOSE), *places]
        self._environment = {**os.environ, "BUILDAH_ISOLATION": "chroot"}

    def __call__(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._command, *arguments],
            env=self._environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def make_base(self, system: Path) -> None:
        """Debian, with what Docker's image of Python has: a python in /usr/local/bin."""
        self("from", "--name=base", "scratch")
        root = self("mount", "base")
        without = [f"--exclude=./{name}" for name in LEFT_OUT]
        with subprocess.Popen(
            ["tar", "-C", str(system), *without, "-c", "."], stdout=subprocess.PIPE
        ) as reading:
            subprocess.run(["tar", "-C", root, "-x"], stdin=reading.stdout, check=True)
        Path(root, "usr/local/bin").mkdir(parents=True)
        Path(root, "usr/local/bin/python").symlink_to("/usr/bin/python3")
        Path(root, "etc/pip.conf").write_text("[global]\nno-index = true\nfind-links = /wheels\n")
        self("commit", "--quiet", "--disable-compression", "--rm", "base", BASE)

    def build(self, wheels: Path) -> dict[str, Any]:
        """Build the image by its Dockerfile; return its settings."""
        self(
            *("build", "--format=docker", "--pull-never", f"--volume={wheels}:/wheels:ro"),
            *(f"--build-arg=BASE={BASE}", "--build-arg=VERSION=1.2.3", f"--tag={IMAGE}", str(ROOT)),
        )
        settings: dict[str, Any] = json.loads(self("inspect", "--type=image", IMAGE))
        found: dict[str, Any] = settings["Docker"]["config"]
        return found


class Container:
    """A root that cannot be written but for its volumes, entered as the user of the image."""

    def __init__(self, root: Path, settings: dict[str, Any]) -> None:
        self._root, self._settings = root, settings
        # A new volume takes its owner and mode from the folder of the image.
        for place in settings["Volumes"]:
            self._mount_memory(place, (root / place[1:]).stat())
        self._mount_memory("/dev", (root / "dev").stat())
        for name, minor in DEVICES.items():
            os.mknod(root / "dev" / name, 0o020666, os.makedev(1, minor))
            (root / "dev" / name).chmod(0o666)
        (root / "dev/shm").mkdir()
        (root / "dev/shm").chmod(0o1777)
        subprocess.run(["mount", "-t", "proc", "proc", root / "proc"], check=True)
        subprocess.run(["mount", "-o", "remount,ro", root], check=True)

    def _mount_memory(self, place: str, like: os.stat_result) -> None:
        options = f"mode={like.st_mode & 0o7777:o},uid={like.st_uid},gid={like.st_gid}"
        target = str(self._root / place[1:])
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", target], check=True)

    def command(self, *words: str) -> list[str]:
        enter = ["chroot", f"--userspec={self._settings['User']}", "--groups=", str(self._root)]
        inside = ["/bin/sh", "-c", f'cd {self._settings["WorkingDir"]} && exec "$@"', "-"]
        return [*enter, "/usr/bin/env", "-i", *self._settings["Env"], *inside, *words]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*words), capture_output=True, text=True, check=False)

    def is_healthy(self) -> bool:
        return self.run(*self._settings["Healthcheck"]["Test"][1:]).returncode == 0

    def start(self, log: Path) -> "subprocess.Popen[bytes]":
        """Start what the image starts, and wait until its own health check finds it well."""
        with log.open("w") as written:
            command = self.command(*self._settings["Cmd"])
            server = subprocess.Popen(command, stdout=written, stderr=subprocess.STDOUT)
        end = time.monotonic() + START_SECONDS
        while not self.is_healthy():
            if time.monotonic() > end or server.poll() is not None:
                raise AssertionError(log.read_text())
            time.sleep(0.2)
        return server


def main() -> None:
    base, wheels, work = map(Path, sys.argv[1:])
    look = sys.stdin.read()
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", work], check=True)
    builder = Builder(work)
    builder.make_base(base)
    settings = builder.build(wheels)
    builder("from", "--name=container", IMAGE)
    container = Container(Path(builder("mount", "container")), settings)
    before = container.is_healthy()
    server = container.start(work / "log")
    seen = container.run("python", "-c", look)
    setup = container.run("flask", "setup")
    server.send_signal(signal.Signals[settings["StopSignal"]])
    report = {
        "settings": settings,
        "healthy before": before,
        "seen": seen.stdout + seen.stderr,
        "setup": setup.returncode,
        "ended": server.wait(timeout=40),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
