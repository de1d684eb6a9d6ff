"""The health check of the key that signs sessions: all machines must use the same one."""

from collections.abc import Callable

from app.contracts.checks import Finding, failed, ok
from app.contracts.heartbeats import Heartbeat, MachineState, state_of
from app.diagnostics.machine import setting_line
from app.model.errors import StorageUnavailable
from app.settings import Settings

_NEW_KEY = "SECRET_KEY=$(openssl rand -hex 32)"


def check_key(
    settings: Settings, get_keys: Callable[[], object], machines: Callable[[], list[Heartbeat]]
) -> Finding:
    """Check that the machines sign with the same key, by the key marks in heartbeats."""
    try:
        get_keys()
    except StorageUnavailable as error:
        if settings.secret_key_problem:
            return failed(settings.secret_key_problem, fix_hint="Do what it says")
        return failed(
            f"The key that signs forms cannot be read: {error.service}: {error.reason}.",
            *setting_line(_NEW_KEY),
        )
    marks = {
        heartbeat.machine: heartbeat.key_mark
        for heartbeat in machines()
        if heartbeat.key_mark and state_of(heartbeat) is not MachineState.NO_ANSWER
    }
    if len(set(marks.values())) > 1:
        return failed(
            f"{len(marks)} machines sign with {len(set(marks.values()))} different keys: a form "
            "from one machine is rejected by another.",
            *setting_line(_NEW_KEY),
        )
    return _describe_source(settings, len(marks))


def _describe_source(settings: Settings, machines: int) -> Finding:
    together = f" {machines} machines use the same key." if machines > 1 else ""
    if settings.secret_keys:
        return ok(f"It comes from SECRET_KEY.{together}")
    if settings.dynamo_mode:
        return ok(f"It is stored in the index table and shared by all machines.{together}")
    if settings.database_url.startswith("sqlite"):
        return ok("It is stored in a file that only its owner can read. This is the only machine.")
    return ok(f"It is stored in the database and shared by all machines.{together}")
