"""A stand-in for CloudWatch's agent, run on a machine by its Python, and where it ships to.

As the agent does, it reads the newest file of each pattern from its beginning, remembers by the
name of a file how far it has read, and runs as the user whom its settings name.
"""

import glob
import json
import os
import pwd
import sys
import time
import urllib.request
from pathlib import Path

HOME = "/opt/aws/amazon-cloudwatch-agent"
SHIPPED = f"{HOME}/shipped"
METADATA = "http://169.254.169.254/latest"


def instance_id() -> str:
    request = urllib.request.Request(f"{METADATA}/api/token", method="PUT")
    request.add_header("X-aws-ec2-metadata-token-ttl-seconds", "60")
    with urllib.request.urlopen(request, timeout=5) as answer:
        token = answer.read().decode()
    request = urllib.request.Request(f"{METADATA}/meta-data/instance-id")
    request.add_header("X-aws-ec2-metadata-token", token)
    with urllib.request.urlopen(request, timeout=5) as answer:
        found: str = answer.read().decode()
    return found


def become(name: str) -> None:
    user = pwd.getpwnam(name)
    for folder in (SHIPPED, f"{HOME}/state"):
        os.makedirs(folder, exist_ok=True)
        os.chown(folder, user.pw_uid, user.pw_gid)
    os.initgroups(name, user.pw_gid)
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)


def stream_file(group: str, stream: str) -> Path:
    return Path(SHIPPED, f"{group}:{stream}".replace("/", "_"))


def ship(path: str, target: Path) -> None:
    """What has come to a file since the last time, to the end of its last whole line."""
    state = Path(HOME, "state", path.replace("/", "_"))
    offset = int(state.read_text()) if state.exists() else 0
    with open(path, "rb") as file:
        file.seek(offset)
        lines, _, _ = file.read().rpartition(b"\n")
    if lines:
        with target.open("ab") as shipped:
            shipped.write(lines + b"\n")
        state.write_text(str(offset + len(lines) + 1))


def main() -> None:
    config = json.loads(Path(sys.argv[1]).read_text())
    machine = instance_id()
    become(config["agent"]["run_as_user"])
    tailed: dict[str, Path] = {}
    while True:
        for collected in config["logs"]["logs_collected"]["files"]["collect_list"]:
            stream = collected["log_stream_name"].replace("{instance_id}", machine)
            found = sorted(glob.glob(collected["file_path"]), key=os.path.getmtime)
            if found:
                tailed[found[-1]] = stream_file(collected["log_group_name"], stream)
        for path in [path for path in tailed if not os.path.exists(path)]:
            del tailed[path]
        for path, target in tailed.items():
            ship(path, target)
        time.sleep(0.2)


if __name__ == "__main__":
    main()
