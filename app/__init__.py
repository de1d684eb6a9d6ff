"""The employee directory; create_app composes settings, stores, directory and web."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from app.model.errors import StorageUnavailable

if TYPE_CHECKING:
    from flask import Flask

    from app.accounts.services import SignInServices
    from app.contracts.checks import Check
    from app.diagnostics import Doctor
    from app.directory.counting import Counting
    from app.directory.people_below import PeopleBelow
    from app.directory.reporting_issues import ReportingIssues
    from app.directory.service import Directory
    from app.imports.importer import Importer
    from app.imports.scheduler import ImportScheduler
    from app.machine import Console
    from app.metrics.jobs import Jobs
    from app.secret_keys import SecretKeys
    from app.settings import Settings
    from app.storage import Stores

log = logging.getLogger(__name__)
_ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: Settings | None = None, stores: Stores | None = None) -> Flask:
    """Create the application for these settings, by default those of the environment.

    It calls no service: see ``load_settings`` for secrets, and ``make_ready`` for tables.
    Pages explain what is missing, does not answer, or is set to what cannot be used.
    """
    # Imported here: the import process imports this package and has no use for Flask.
    from flask import Flask
    from jinja2 import StrictUndefined

    from app import commands, web
    from app.runtime.json_log import log_as_json
    from app.settings import Settings
    from app.storage import open_stores
    from app.text.phone_numbers import use_region

    settings = settings or Settings.from_env(os.environ)
    use_region(settings.phone_region)
    log_as_json()
    app = Flask(
        __name__,
        template_folder=str(_ROOT / "templates"),
        static_folder=None,
        instance_path=str(settings.instance_folder),
    )
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    stores = stores or open_stores(settings)
    settings = settings.with_problem(stores.problem)
    _equip(app, settings, stores)
    app.extensions["make_ready"] = partial(_make_ready, settings, stores)
    web.register(app)
    commands.register(app)
    return app


def load_settings(env: Mapping[str, str]) -> Settings:
    """Read the settings, and at once, for some seconds at most, the secrets that AWS keeps."""
    from app.settings import Settings
    from app.settings.secret_references import find_references
    from app.settings.service_file import lines_left_out

    env = {**lines_left_out(env), **env}
    settings = Settings.from_env(env)
    references = find_references(env)
    if not references:
        return settings
    from app.storage.aws.secret_values import read_secrets

    return Settings.from_env(env, read_secrets(references, settings.region))


def make_ready(app: Flask) -> None:
    """Bring the tables of an SQL database up to date; a server that does not answer is logged."""
    cast("Callable[[], None]", app.extensions["make_ready"])()


def tell_of_settings(app: Flask) -> None:
    """Log what is wrong with the settings, and how values were understood, once."""
    settings: Settings = app.extensions["settings"]
    for problem in settings.problems:
        log.warning("a setting: %s", problem)
    for note in settings.notes:
        log.info("a setting: %s", note)


def _equip(app: Flask, settings: Settings, stores: Stores) -> None:
    """Create the objects that pages and commands use."""
    from app.contracts import cursors
    from app.count_process import open_counting
    from app.count_process import run_process as count
    from app.directory.count_scheduler import CountScheduler
    from app.directory.leavers import Leavers
    from app.directory.reporting_lines import ReportingLines
    from app.import_process import open_importer, read_rejected_rows
    from app.machine import Console
    from app.secret_keys import SecretKeys

    keys = SecretKeys(settings, stores.employees)
    cursors.use_key(lambda: keys.get()[0].encode())
    sign_in = _open_sign_in(settings, stores, keys)
    directory = _open_directory(stores, sign_in)
    console = Console(settings, stores.heartbeats, lambda: keys.get()[0])
    counting = open_counting(stores)
    importer = open_importer(settings, stores, partial(read_rejected_rows, settings))
    records = _open_records(settings, console)
    launch_count = partial(count, settings, records)
    app.extensions |= {
        "settings": settings,
        "access": sign_in.access,
        "sign_in": sign_in,
        "directory": directory,
        "leavers": Leavers(directory, sign_in.linked_accounts),
        "reporting_lines": ReportingLines(directory, stores.reports, counting),
        "counting": counting,
        "count_scheduler": CountScheduler(counting, console.folder, launch_count),
        "reporting_issues": _open_issues(directory, stores, counting, sign_in),
        "people_below": _open_below(directory, stores),
        "secret_keys": keys,
        "console": console,
        "doctor": _doctor(settings, directory, console, keys, stores, sign_in),
        "jobs": stores.jobs,
        "job_records": records,
        "importer": importer,
        "import_scheduler": _open_scheduler(settings, stores, importer, records, console),
    }


def _open_records(settings: Settings, console: Console) -> Jobs:
    from app.metrics.emf import MetricsLog
    from app.metrics.jobs import Jobs

    log = MetricsLog(settings.monitoring.service, is_on=settings.monitoring.in_log)
    return Jobs(console.folder, log)


def _open_scheduler(
    settings: Settings, stores: Stores, importer: Importer, records: Jobs, console: Console
) -> ImportScheduler:
    from app.import_process import run_process
    from app.imports.scheduler import ImportScheduler

    launch = partial(run_process, settings, stores.jobs, records=records)
    return ImportScheduler(importer, console.folder, launch)


def _open_issues(
    directory: Directory, stores: Stores, counting: Counting, sign_in: SignInServices
) -> ReportingIssues:
    from app.directory.reporting_issues import ReportingIssues

    def has_managers() -> bool:
        return bool(counting.seen_state().managers)

    def tops() -> tuple[str, ...]:
        return sign_in.access.policy().org_top

    return ReportingIssues(directory, stores.reports, has_managers, tops)


def _open_below(directory: Directory, stores: Stores) -> PeopleBelow:
    from app.directory.people_below import PeopleBelow

    return PeopleBelow(directory, stores.reports)


def _open_directory(stores: Stores, sign_in: SignInServices) -> Directory:
    """Open the directory; who is deleted permanently is erased in jobs and accounts, too."""
    from app.accounts.linked_accounts import AccountTraces
    from app.count_process import open_counting
    from app.directory.service import Directory
    from app.imports.running.erasing import ImportTraces

    photos, history = stores.photos, stores.history
    off, policy = stores.photos_off_because, sign_in.access.policy
    directory = Directory(stores.employees, photos, off, lambda: policy().visibility, history)
    directory.erasure.places = (
        ImportTraces(stores.jobs, photos, history),
        open_counting(stores),
        sign_in.access,
        AccountTraces(sign_in.linked_accounts, history),
    )
    return directory


def _open_sign_in(settings: Settings, stores: Stores, keys: SecretKeys) -> SignInServices:
    from app.accounts.audit_sink import record_in
    from app.accounts.services import open_services
    from app.directory.linked_people import LinkedPeople

    record_in(stores.history, stores.accounts)
    people = LinkedPeople(stores.employees)
    return open_services(settings, stores.accounts, keys.get, people.find, people.has_left)


def _doctor(
    settings: Settings,
    directory: Directory,
    console: Console,
    keys: SecretKeys,
    stores: Stores,
    sign_in: SignInServices,
) -> Doctor:
    from app.count_process import open_counting
    from app.diagnostics import Doctor
    from app.diagnostics.access import AccessChecks
    from app.diagnostics.counting import counting_check
    from app.diagnostics.registry import all_checks
    from app.diagnostics.reporting import reporting_check
    from app.directory.reporting_issues import ReportingIssues
    from app.web.sign_in.balancer_health import balancer_checks
    from app.web.sign_in.oidc.health import provider_checks

    def checks() -> list[Check]:
        others = [*stores.open_checks(), *provider_checks(settings), *balancer_checks(settings)]
        others.append(counting_check(open_counting(stores)))
        others.append(reporting_check(ReportingIssues(directory, stores.reports)))
        access = AccessChecks(settings, sign_in, console.visitors)
        return all_checks(settings, directory, console, keys, others, access)

    return Doctor(checks)


def _make_ready(settings: Settings, stores: Stores) -> None:
    """Migrate an SQL database; ``flask setup`` creates the tables of DynamoDB."""
    if settings.dynamo_mode or stores.problem:
        return
    try:
        for sentence in stores.employees.set_up():
            log.info(sentence)
    except StorageUnavailable as error:
        log.warning("the database cannot be used: %s", error)
