"""The Dockerfile without a daemon: its steps as a shell script, run in a chroot of the same Debian.

No registry of images is needed, so the system under the image is Debian's Python 3.13, not Docker's.
"""

import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.repository import ROOT

DOCKERFILE = ROOT / "Dockerfile"
Step = tuple[str, str]


@dataclass
class Stage:
    """One FROM and what follows it."""

    name: str
    steps: list[Step] = field(default_factory=list)

    def last(self, word: str) -> str:
        """What the last step of this kind says."""
        return next(said for kind, said in reversed(self.steps) if kind == word)

    def environment(self) -> dict[str, str]:
        said = " ".join(said for kind, said in self.steps if kind in ("ENV", "ARG"))
        return dict(part.split("=", 1) for part in shlex.split(said) if "=" in part)


def stages() -> list[Stage]:
    """What the Dockerfile says, without comments and with its long lines joined."""
    text = re.sub(r"^\s*#.*\n", "", DOCKERFILE.read_text(), flags=re.MULTILINE)
    found: list[Stage] = []
    for line in filter(None, re.sub(r"\\\n\s*", "", text).splitlines()):
        word, _, said = line.partition(" ")
        if word == "FROM":
            found.append(Stage(said.partition(" AS ")[2]))
        elif found:
            found[-1].steps.append((word, said.strip()))
    return found


def build_script(base: Path, wheels: Path, work: Path) -> str:
    """A script that makes ``work/image`` of the last stage; for a mount namespace of its own."""
    lines = ["set -Eeuo pipefail", f"mount -t tmpfs tmpfs {work}"]
    for number, stage in enumerate(stages()):
        root = work / (stage.name or "image")
        layer = work / f"layer-{number}"
        options = f"lowerdir={base},upperdir={layer}/new,workdir={layer}/work"
        lines += [
            f"mkdir -p {layer}/new {layer}/work {root}",
            f"mount -t overlay overlay -o {options} {root}",
            f"mount -t tmpfs tmpfs {root}/dev && mkdir -m 1777 {root}/dev/shm",
            f"mknod -m 666 {root}/dev/null c 1 3 && mknod -m 666 {root}/dev/urandom c 1 9",
            f"mount -t proc proc {root}/proc",
            f"ln -sf /usr/bin/python3 {root}/usr/local/bin/python",
            f"mkdir {root}/wheels && mount --bind {wheels} {root}/wheels",
        ]
        lines += _steps(stage, root, work)
        lines.append(f"umount {root}/wheels")
    return "\n".join(lines)


def _steps(stage: Stage, root: Path, work: Path) -> list[str]:
    lines, folder = [], "/"
    environment = {"PATH": "/usr/local/bin:/usr/sbin:/usr/bin", **stage.environment()}
    environment |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/wheels"}
    for word, said in stage.steps:
        if word == "RUN":
            environment["PATH"] = "/usr/local/bin:/usr/sbin:/usr/bin"
            lines.append(within(root, json.loads(said), environment, folder))
        elif word == "COPY":
            lines += _copy(said.split(), root, folder, work)
        elif word == "WORKDIR":
            folder = said
            lines.append(f"mkdir -p {root}{said}")
    return lines


def _copy(words: list[str], root: Path, folder: str, work: Path) -> list[str]:
    source = ROOT
    if words[0].startswith("--from="):
        source = work / words.pop(0).removeprefix("--from=")
    *names, target = words
    place = f"{root}{Path(folder, target)}"
    lines = []
    for name in names:
        # Joined as text: a name of another stage begins with a slash.
        origin = f"{source}/{name.lstrip('/')}"
        if Path(ROOT, name).is_dir() or source != ROOT:
            lines.append(f"mkdir -p {place} && cp -a {origin}/. {place}/")
        else:
            lines.append(f"cp {origin} {place}")
    return lines


def within(
    root: Path, command: list[str], environment: dict[str, str], folder: str, user: str = "0:0"
) -> str:
    """A command in the image as a line of shell."""
    settings = [f"{name}={value}" for name, value in environment.items()]
    enter = ["chroot", f"--userspec={user}", "--groups=", str(root), "/usr/bin/env", "-i"]
    inside = ["/bin/sh", "-c", f'cd {folder} && exec "$@"', "-", *command]
    return shlex.join([*enter, *settings, *inside])
