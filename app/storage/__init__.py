"""The stores of employees, photos, imports and heartbeats, opened according to the settings."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from app.contracts import EmployeeStore, PhotoStore
from app.contracts.accounts import AccountStore
from app.contracts.checks import Check
from app.contracts.heartbeats import HeartbeatStore
from app.contracts.history import HistoryStore
from app.contracts.import_jobs import JobStore
from app.contracts.reports import ReportStore
from app.model.employee import Employee
from app.model.errors import SettingsError
from app.settings import Settings
from app.text import phone_numbers

_NO_STORE = "Until then nothing is read or written."


@dataclass(frozen=True, slots=True)
class Stores:
    """The stores of one directory; ``jobs`` stores imports, ``accounts`` who may sign in.

    ``reports`` tells who reports to whom, and ``history`` is what ``employees`` records with each
    write; None until the store has it. Without photos ``photos_off_because`` says why.
    ``heartbeats`` is None unless machines share a store. ``open_checks`` returns the
    health checks of the stores. ``problem`` is the sentence about a setting for which nothing is
    read or written, or "".
    """

    employees: EmployeeStore
    photos: PhotoStore | None
    jobs: JobStore
    accounts: AccountStore
    reports: ReportStore
    history: HistoryStore | None = None
    photos_off_because: str = ""
    heartbeats: HeartbeatStore | None = None
    open_checks: Callable[[], tuple[Check, ...]] = tuple
    problem: str = ""


def open_stores(settings: Settings) -> Stores:
    """Open the stores that the settings name, without a call; import only the backends in use.

    Where they name none that can be opened, every call of a store says so (``problem``). From now
    on this process reads phone numbers as of the region of these settings.
    """
    phone_numbers.use_region(settings.phone_region)
    if settings.database_problem:
        return _stand_ins(settings, settings.database_problem)
    photos = _open_photos(settings)
    if settings.dynamo_mode:
        return _stores_on_dynamodb(settings, photos)
    from app.storage.sql import SqlAccounts, SqlJobs, open_sql_store

    try:
        employees = open_sql_store(settings.database_url, settings.sort_by)
    except SettingsError as error:
        return _stand_ins(settings, f"{error} {_NO_STORE}")
    return Stores(
        employees=employees,
        photos=photos,
        photos_off_because=settings.photos_problem,
        open_checks=lambda: _aws_checks(settings),
        jobs=SqlJobs(employees.database),
        accounts=SqlAccounts(employees.database),
        history=employees.history,
        reports=employees.reports,
    )


def _stand_ins(settings: Settings, problem: str) -> Stores:
    from app.storage.unavailable import UnavailableStore

    store: Any = UnavailableStore(problem)
    return Stores(
        employees=store,
        photos=None,
        photos_off_because=problem,
        open_checks=lambda: _aws_checks(settings),
        jobs=store,
        accounts=store,
        history=store,
        reports=store,
        problem=problem,
    )


def open_course_table(settings: Settings) -> Iterator[Employee]:
    """Yield the employees in the MySQL table of the course; see course_mysql.course_people."""
    if settings.database_problem:
        raise SettingsError(settings.database_problem)
    from app.storage.sql.course_mysql import course_people

    return course_people(settings.database_url)


def _stores_on_dynamodb(settings: Settings, photos: PhotoStore | None) -> Stores:
    from app.storage.dynamodb import (
        DynamoAccounts,
        DynamoHeartbeats,
        DynamoHistory,
        DynamoJobs,
        open_dynamodb_store,
    )

    employees = open_dynamodb_store(settings)

    def open_checks() -> tuple[Check, ...]:
        from app.storage.dynamodb.checks import TableChecks

        checks = TableChecks(employees.calls, employees.tables, settings.region)
        return (*checks.all(), *_aws_checks(settings))

    return Stores(
        employees=employees,
        photos=photos,
        photos_off_because=settings.photos_problem
        or (
            "Photos are off, because no bucket is set. "
            "Set PHOTOS_BUCKET to the name of an S3 bucket and restart."
        ),
        heartbeats=DynamoHeartbeats(employees.calls, employees.tables),
        open_checks=open_checks,
        jobs=DynamoJobs(employees.calls, employees.tables),
        accounts=DynamoAccounts(employees.calls, employees.tables),
        history=DynamoHistory(employees.calls, employees.tables),
        reports=employees.reports,
    )


def _open_photos(settings: Settings) -> PhotoStore | None:
    if settings.photos_bucket:
        from app.storage.aws.photos import open_s3_store

        return open_s3_store(settings.photos_bucket, settings.region)
    if settings.photos_folder:
        from app.storage.photos_on_disk import open_folder_store

        return open_folder_store(settings.photos_folder)
    return None


def _aws_checks(settings: Settings) -> tuple[Check, ...]:
    if not (settings.photos_bucket or settings.dynamo_mode):
        return ()
    from app.storage.aws.checks import aws_checks

    checks = aws_checks(settings.region, "dynamodb" if settings.dynamo_mode else "s3")
    if settings.photos_bucket:
        from app.storage.aws.s3_checks import BucketChecks
        from app.storage.aws.s3_client import S3Calls

        calls = S3Calls(settings.photos_bucket, settings.region)
        checks = (*BucketChecks(calls).all(), *checks)
    return checks
