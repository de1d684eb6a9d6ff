"""What `flask run` loads in the folder FlaskApp: it installs the directory that lies in release/.

The course's script starts it as root, with the settings that it has exported. The directory needs a
newer Python than the system's, so this one only hands over: it waits until a service holds port 80,
and ends `flask run`, so that the script ends too. It runs on Python 3.7 and later.
"""

import os
import re
import subprocess
import sys
import urllib.request
from http.client import HTTPException
from pathlib import Path

import click

FOLDER = Path(__file__).resolve().parent
INSTALL = FOLDER / "release" / "deploy" / "install.sh"
IN_FORCE = Path("/etc/employee-directory/env")
IMDS = "http://169.254.169.254"
IMDS_SECONDS = 2
REGIONS = {"AWS_DEFAULT_REGION", "AWS_REGION", "DEFAULT_AWS_REGION"}
BUCKETS = {"PHOTOS_BUCKET", "PHOTOS_FOLDER"}
ON = ("on", "1", "true", "yes")
# Its own, so that the installation does not take them for those of the release.
OF_FLASK = ("FLASK_", "WERKZEUG_", "PYTHON")


def main() -> None:
    refuse_to_run_otherwise()
    environment = {n: v for n, v in os.environ.items() if not n.startswith(OF_FLASK)}
    if not any(environment.get(name) for name in REGIONS):
        environment["AWS_DEFAULT_REGION"] = region_of_this_machine()
    environment["SETTINGS"] = " ".join(names_of_settings(environment))
    status = subprocess.call(["bash", str(INSTALL)], env=environment)  # noqa: S603, S607
    if status:
        sys.exit(
            "The Employee Directory was not installed: the lines above say why and what to do."
        )
    for sentence in what_is_missing():
        say(sentence)
    say(
        "This script has done its part. The service employee-directory holds port 80 from here on, "
        "also after a reboot."
    )
    sys.exit(0)


def refuse_to_run_otherwise() -> None:
    """Stop whoever imports this for something else: a server, a shell, a test."""
    by_hand = f"To install the directory by hand: sudo bash {INSTALL}"
    command = click.get_current_context(silent=True)
    if command is None or command.info_name != "run":
        sys.exit(
            "FlaskApp/application.py serves no pages: under `flask run` it installs the service "
            "that does. " + by_hand
        )
    if os.geteuid() != 0:
        sys.exit("Installing the directory takes root, as user data has it. " + by_hand)
    if not INSTALL.is_file():
        sys.exit(f"{INSTALL} is missing: unpack the whole archive again.")


def names_of_settings(environment):
    """Those of the directory that the script has exported with a value."""
    known = set((FOLDER / "settings.txt").read_text().split())
    return sorted(
        name
        for name, value in environment.items()
        if value and (name in known or name.startswith("AWS_ENDPOINT_URL"))
    )


def region_of_this_machine() -> str:
    """The region as EC2 tells it, or nothing."""
    imds = os.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT", IMDS) + "/latest"
    try:
        lifetime = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
        token = {"X-aws-ec2-metadata-token": ask(imds + "/api/token", "PUT", lifetime)}
        told = ask(imds + "/meta-data/placement/region", "GET", token)
    except (OSError, HTTPException, ValueError):
        return ""
    return told if re.match("[a-z]+(-[a-z]+)+-[0-9]+$", told) else ""


def ask(url: str, method: str, headers) -> str:
    request = urllib.request.Request(url, method=method, headers=headers)  # noqa: S310
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(request, timeout=IMDS_SECONDS) as answer:
        return answer.read(4096).decode("ascii")


def what_is_missing():
    """Sentences about what the course's script leaves empty, and what was not set before."""
    text = IN_FORCE.read_text(encoding="utf-8", errors="replace") if IN_FORCE.exists() else ""
    settings = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    if settings.get("DYNAMO_MODE", "").strip(" '\"").lower() not in ON:
        return
    name_it = f"Write it into the script's line, or into {IN_FORCE} and restart the service."
    if not BUCKETS & set(settings):
        yield "PHOTOS_BUCKET is empty, so photos are off. " + name_it
    if not REGIONS & set(settings):
        yield "AWS_DEFAULT_REGION is empty, and this machine does not say where it is. " + name_it


def say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


main()
