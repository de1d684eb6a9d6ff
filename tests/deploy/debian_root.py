"""A small Debian with systemd and cloud-init, for machines to boot from; made once, then cached."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

from tests.ground.needs import do_without, find

PURPOSE = "a real boot"
SUITE = "trixie"  # its Python is the 3.13 that the locks are for
MIRROR = "http://deb.debian.org/debian"
PACKAGES = (
    "ca-certificates,cloud-init,curl,dbus,iproute2,netbase,passwd,procps,python3,python3-pip,python3-venv,"
    "stress,systemd,systemd-sysv,udev,util-linux"
)
CACHE = Path(__file__).resolve().parents[2] / ".cache" / "debian-root-1"
LEFT_OUT = ("man", "doc", "locale")
# Nothing that belongs to a host, and nothing that would ask another one.
MASKED = (
    "apt-daily-upgrade.timer",
    "apt-daily.timer",
    "console-getty.service",
    "dpkg-db-backup.timer",
    "fstrim.timer",
    "getty@.service",
    "systemd-networkd.service",
    "systemd-networkd.socket",
    "systemd-networkd-wait-online.service",
    "systemd-timesyncd.service",
)
CLOUD_CONFIG = """\
datasource_list: [NoCloud]
network: {config: disabled}
users: []
preserve_hostname: true
cloud_init_modules: [users_groups, write_files]
cloud_config_modules: [runcmd]
cloud_final_modules: [scripts_user, final_message]
output: {all: '| tee -a /var/log/cloud-init-output.log'}
system_info:
  distro: debian
  paths: {cloud_dir: /var/lib/cloud/, templates_dir: /etc/cloud/templates/}
"""


def debian_root() -> Path:
    """The folder of the system; never written to."""
    if os.geteuid() != 0:
        do_without("root", PURPOSE)
    for program in ("systemd-nspawn", "unshare", "nsenter", "ip"):
        find(program, PURPOSE)
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        root = CACHE / "root"
        if not root.exists():
            making = CACHE / "making"
            shutil.rmtree(making, ignore_errors=True)
            make(making)
            fit_out(making)
            making.rename(root)
    return root


def make(root: Path) -> None:
    tarball = root.with_name("root.tar")
    command = [
        find("mmdebstrap", PURPOSE),
        *("--variant=minbase", f"--include={PACKAGES}", "--aptopt=Acquire::Languages none"),
        *(f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in LEFT_OUT),
        *(SUITE, str(tarball), MIRROR),
    ]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        do_without("Debian's packages", f"{PURPOSE}: {made.stderr.strip()[-300:]}")
    root.mkdir()
    unpack = ["tar", "--extract", f"--file={tarball}", f"--directory={root}", "--exclude=./dev/*"]
    subprocess.run(unpack, check=True)
    tarball.unlink()


def fit_out(root: Path) -> None:
    """What Amazon Linux has, named as it is there; and what has to be asked for, out of sight."""
    (root / "etc/cloud/cloud.cfg").write_text(CLOUD_CONFIG)
    for unit in MASKED:
        (root / "etc/systemd/system" / unit).unlink(missing_ok=True)
        (root / "etc/systemd/system" / unit).symlink_to("/dev/null")
    (root / "etc/machine-id").write_text("")
    (root / "usr/bin/python3").unlink()
    (root / "usr/bin/python3.13").rename(root / "usr/bin/python3")
    (root / "opt/packages").mkdir()
    (root / "usr/bin/stress").rename(root / "opt/packages/stress")
