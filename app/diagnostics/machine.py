"""Health checks of this machine and its settings."""

import shutil
import time
from pathlib import Path

from app.contracts import EmployeeStore
from app.contracts.checks import Finding, failed, ok, warning
from app.machine.disk import written_folders
from app.model.errors import StorageUnavailable
from app.runtime import ec2_metadata
from app.settings import Settings
from app.text.plurals import count_people

SERVICE_SETTINGS = Path("/etc/employee-directory/env")
MIN_FREE_BYTES = 100 * 2**20
LOW_FREE_BYTES = 1024 * 2**20

VENDOR_FILE = Path("/sys/class/dmi/id/sys_vendor")
_RESTART = "sudo systemctl restart employee-directory"


def setting_line(line: str) -> tuple[str, str]:
    """Return the command that changes a setting on this machine, and a hint."""
    if SERVICE_SETTINGS.exists():
        name = line.partition("=")[0]
        edit = f"sudo sed -i '/^{name}=/d; $ a {line}' {SERVICE_SETTINGS}"
        return f"{edit}\n{_RESTART}", "Enter your own value, run this, then check again"
    return f"export {line}", "Enter your own value, run this, and restart"


def check_settings(settings: Settings) -> Finding:
    """Check that every setting can be used as it is set; tell which count, and how."""
    if not settings.wrong_values:
        return ok(" ".join(("Every setting can be used.", *settings.notes)))
    name = settings.wrong_values[0].split()[0]
    return failed(" ".join(settings.wrong_values), *setting_line(f"{name}=value"))


def check_region(settings: Settings) -> Finding:
    """Check that a region is set if AWS is used, and that it is the region of this machine."""
    if not (settings.dynamo_mode or settings.photos_bucket):
        return ok("No region is needed: records and photos are stored without AWS.")
    machine = ec2_metadata.current_machine()
    region = machine.region if machine else "us-west-2"
    if not settings.region:
        is_wrong = any("REGION" in name for name in settings.unusable)
        why = "The region cannot be used as it is set" if is_wrong else "No region is set"
        return failed(
            f"{why}, so DynamoDB and S3 cannot be found.",
            *setting_line(f"AWS_DEFAULT_REGION={region}"),
        )
    if machine and machine.region != settings.region:
        return warning(
            f"The region in the settings is {settings.region}, but this machine is in "
            f"{machine.region}, so every page takes longer.",
            *setting_line(f"AWS_DEFAULT_REGION={machine.region}"),
        )
    return ok(f"{settings.region}{', as this machine' if machine else ''}.")


def check_records(settings: Settings, employees: EmployeeStore) -> Finding:
    """Check that the database answers the queries of a page."""
    database = _database_name(settings)
    try:
        began = time.perf_counter()
        employees.check()
        milliseconds = 1000 * (time.perf_counter() - began)
        people = employees.facets().total
    except StorageUnavailable as error:
        if settings.database_problem:
            name = settings.database_problem.split()[0]
            return failed(settings.database_problem, *setting_line(f"{name}=value"))
        message = f"{database} is not responding: {error.action} {error.resource}: {error.reason}."
        if "flask setup" in error.reason or settings.dynamo_mode:
            return failed(message, "flask setup", "Run this, then check again")
        if database == "SQLite":
            return failed(
                message, "flask setup", "Check that the file can be written, then run this"
            )
        return failed(
            message,
            "flask setup",
            "Check that the server is running, accepts this machine and has the database, "
            "then run this",
        )
    return ok(f"{database} answers in {milliseconds:.0f} ms; {count_people(people)}.")


def check_order(employees: EmployeeStore) -> Finding:
    """Check that lists are in the order that the settings ask for."""
    order = employees.list_order()
    if order.problem:
        return warning(order.problem, "flask reindex", "Run this on one machine")
    return ok(f"Lists are in order of {order.stored.written.label}.")


def _database_name(settings: Settings) -> str:
    if settings.dynamo_mode:
        return "DynamoDB"
    kind = settings.database_url.partition(":")[0].partition("+")[0]
    names = {"sqlite": "SQLite", "mysql": "MySQL", "mariadb": "MariaDB"}
    return names.get(kind, "PostgreSQL")


def check_disk(settings: Settings) -> Finding:
    """Check that the folders that this machine writes to can be written, and their free space."""
    fullest: tuple[int, int, Path] | None = None
    for folder in written_folders(settings):
        path = folder.path
        try:
            usage = shutil.disk_usage(path)
        except OSError as error:
            return failed(f"{path} cannot be read: {error.strerror}.", f"ls -ld {path}")
        if usage.free >= MIN_FREE_BYTES and (problem := folder.problem()):
            fix = f"ls -ld {path}\nfindmnt --target {path}"
            return failed(f"{path} {problem}.", fix, "Let the directory write there")
        if fullest is None or usage.free < fullest[0]:
            fullest = (usage.free, usage.total, path)
    if fullest is None:
        return ok("Nothing is written on this machine.")
    free, total, path = fullest
    message = f"{_size(free)} free of {_size(total)}, for {path}."
    fixes = (f"df -h {path}\nsudo du -xh {path} | sort -h | tail", "Find what fills the disk")
    if free < MIN_FREE_BYTES:
        return failed(f"{message} Saving or uploading may fail.", *fixes)
    return warning(message, *fixes) if free < LOW_FREE_BYTES else ok(message)


def _size(count: int) -> str:
    return f"{count / 2**30:.1f} GB" if count >= 2**30 else f"{count / 2**20:.0f} MB"


def is_on_ec2() -> bool:
    """Return whether this is a machine of EC2, by what its firmware says."""
    try:
        return "Amazon EC2" in VENDOR_FILE.read_text()
    except OSError:
        return False


def check_metadata() -> Finding:
    """Check that the instance metadata service of EC2 answers."""
    machine = ec2_metadata.current_machine()
    if machine:
        return ok(f"Version 2 answers: {machine.instance_id}, {machine.type}, {machine.zone}.")
    if not is_on_ec2():
        return ok("This is not an EC2 machine, so none is needed.")
    return failed(
        "This is an EC2 machine, but its metadata service is not responding, so its name and the "
        "credentials of its role are unknown.",
        "aws ec2 modify-instance-metadata-options \\\n"
        "  --instance-id $(cat /var/lib/cloud/data/instance-id) \\\n"
        "  --http-endpoint enabled --http-tokens required",
        "Turn it on",
    )


def check_stress(settings: Settings) -> Finding:
    """Report the program that makes the load in a load test."""
    if not settings.stress:
        return ok("Load tests are off (STRESS=off).")
    if program := shutil.which("stress"):
        return ok(f"Found at {program}.")
    installer = next(filter(shutil.which, ("dnf", "yum", "apt-get")), "dnf")
    return warning(
        "The program stress is not installed, so a load test uses the built-in program. "
        "It also loads every core.",
        f"sudo {installer} install -y stress",
        "Only if you want to use stress",
    )
