"""A small Debian with systemd and cloud-init, for machines to boot from; made once, then cached."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

from tests.support.needs import do_without, find
from tests.support.repository import ROOT

PURPOSE = "a real boot"
SUITE = "trixie"  # its Python is the 3.13 that the locks are for
MIRROR = "http://deb.debian.org/debian"
PACKAGES = (
    "ca-certificates,cloud-init,curl,dbus,iproute2,netbase,passwd,procps,python3,python3-pip,python3-venv,"
    "stress,systemd,systemd-sysv,udev,util-linux"
)
CACHE = ROOT / ".cache" / "debian-root-2"
# What Debian's packages would have done as they were installed.
CLOUD_INIT = (
    *("cloud-init-main.service", "cloud-init-local.service", "cloud-init-network.service"),
    *("cloud-config.service", "cloud-final.service"),
)
CHOSEN = {"awk": "mawk", "nc": "nc.openbsd"}
IMPORTED = "import cloudinit.cmd.main, pip._internal.commands.install"
# Nothing that belongs to a host, and nothing that would ask another one.
MASKED = (
    "apt-daily-upgrade.timer",
    "apt-daily.timer",
    "console-getty.service",
    "dpkg-db-backup.timer",
    "fstrim.timer",
    "getty@.service",
    "systemd-hwdb-update.service",
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
            set_up(making)
            fit_out(making)
            making.rename(root)
    return root


def make(root: Path) -> None:
    """Debian's files as they lie in its packages: to install them takes three times as long."""
    command = [
        *(find("mmdebstrap", PURPOSE), "--variant=extract", "--format=directory"),
        *("--include=?essential", f"--include={PACKAGES}", "--aptopt=Acquire::Languages none"),
        *(SUITE, str(root), MIRROR),
    ]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        do_without("Debian's packages", f"{PURPOSE}: {made.stderr.strip()[-300:]}")


def set_up(root: Path) -> None:
    """As much of what its packages do when they are installed as a machine needs."""
    run_within(root, "systemd-sysusers")
    wanted = root / "etc/systemd/system/cloud-init.target.wants"
    wanted.mkdir()
    for unit in CLOUD_INIT:
        (wanted / unit).symlink_to(f"/usr/lib/systemd/system/{unit}")
    for name, program in CHOSEN.items():
        (root / "usr/bin" / name).symlink_to(program)
    for folder, place in {"run": "/run", "lock": "/run/lock"}.items():
        (root / "var" / folder).rmdir()
        (root / "var" / folder).symlink_to(place)
    certificates = sorted((root / "usr/share/ca-certificates").rglob("*.crt"))
    bundle = "".join(path.read_text() for path in certificates)
    (root / "etc/ssl/certs/ca-certificates.crt").write_text(bundle)
    shutil.copy(root / "usr/share/libc-bin/nsswitch.conf", root / "etc/nsswitch.conf")
    (root / "etc/hosts").write_text("127.0.0.1 localhost\n")
    # Compiled once here, and not by every machine, nor by each process that may not write it.
    run_within(root, "python3", "-m", "compileall", "-q", "/usr/lib/python3.13")
    run_within(root, "python3", "-c", IMPORTED)


def run_within(root: Path, *command: str) -> None:
    environment = {"PATH": "/usr/sbin:/usr/bin"}
    subprocess.run(
        ["chroot", str(root), *command], check=True, capture_output=True, env=environment
    )


def fit_out(root: Path) -> None:
    """What Amazon Linux has, named as it is there; and what has to be asked for, out of sight."""
    (root / "etc/cloud/cloud.cfg").write_text(CLOUD_CONFIG)
    for unit in MASKED:
        (root / "etc/systemd/system" / unit).unlink(missing_ok=True)
        (root / "etc/systemd/system" / unit).symlink_to("/dev/null")
    (root / "etc/machine-id").write_text("")
    (root / "usr/bin/python3").unlink()
    (root / "usr/bin/python3.13").rename(root / "usr/bin/python3")
    (root / "opt/packages").mkdir(parents=True)
    (root / "usr/bin/stress").rename(root / "opt/packages/stress")
