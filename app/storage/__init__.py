"""Where records and photos are kept; open_stores picks the backends that the settings name."""

from __future__ import annotations

from dataclasses import dataclass

from app.contracts import EmployeeStore, PhotoStore
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Stores:
    """The stores of one directory. Without photos, ``photos_off_because`` says why."""

    employees: EmployeeStore
    photos: PhotoStore | None
    photos_off_because: str = ""


def open_stores(settings: Settings) -> Stores:
    """Open what the settings name, without asking any of it; imports only the backends in use."""
    return Stores(
        employees=_open_employees(settings),
        photos=_open_photos(settings),
        photos_off_because=(
            "Photos are off, because no bucket is named. "
            "Set PHOTOS_BUCKET to the name of an S3 bucket and start again."
        ),
    )


def _open_employees(settings: Settings) -> EmployeeStore:
    if settings.dynamo_mode:
        from app.storage.dynamodb import open_dynamodb_store

        return open_dynamodb_store(settings)
    from app.storage.sql import open_sql_store

    return open_sql_store(settings.database_url)


def _open_photos(settings: Settings) -> PhotoStore | None:
    if settings.photos_bucket:
        from app.storage.photos_in_s3 import open_s3_store

        return open_s3_store(settings.photos_bucket, settings.region)
    if settings.photos_folder:
        from app.storage.photos_in_folder import open_folder_store

        return open_folder_store(settings.photos_folder)
    return None
