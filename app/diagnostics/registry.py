"""The list of all health checks."""

from collections.abc import Callable, Sequence

from app.contracts.checks import Check
from app.contracts.heartbeats import Heartbeat
from app.diagnostics.access import AccessChecks
from app.diagnostics.machine import (
    check_disk,
    check_metadata,
    check_order,
    check_records,
    check_region,
    check_settings,
    check_stress,
)
from app.diagnostics.photos import check_photos
from app.diagnostics.port import check_port, has_service, usual_port
from app.diagnostics.secret_key import check_key
from app.directory.service import Directory
from app.machine import Console
from app.secret_keys import SecretKeys
from app.settings import Settings


def all_checks(
    settings: Settings,
    directory: Directory,
    console: Console,
    keys: SecretKeys,
    store_checks: Sequence[Check],
    access: AccessChecks,
) -> list[Check]:
    """Return the checks of settings, stores and this machine, in the order of the report."""
    checks = [
        Check("Settings", lambda: check_settings(settings)),
        Check("Region", lambda: check_region(settings)),
        Check("Records", lambda: check_records(settings, directory.employees)),
        Check("Order of lists", lambda: check_order(directory.employees)),
        *store_checks,
    ]
    if not settings.photos_bucket:
        checks.append(
            Check(
                "Photos",
                lambda: check_photos(settings, directory.photos, directory.photos_off_because),
            )
        )
    return [
        *checks,
        Check("Secret key", lambda: check_key(settings, keys.get, _machines(console))),
        Check("Disk space", lambda: check_disk(settings)),
        Check("Instance metadata", check_metadata),
        Check("Load test program", lambda: check_stress(settings)),
        *access.all(),
    ]


def port_check(settings: Settings, port: int | None = None) -> Check:
    """Return the check of a port, by default the one where this directory usually listens."""
    number = port or usual_port(on_aws=settings.dynamo_mode)
    for_others = has_service() or (settings.dynamo_mode and not settings.trusted_proxies)
    return Check("Open port", lambda: check_port(number, for_others=for_others))


def _machines(console: Console) -> Callable[[], list[Heartbeat]]:
    return lambda: console.heartbeats.all() if console.heartbeats else []
