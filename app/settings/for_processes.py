"""The settings that a process of ours needs, as JSON takes them."""

from pathlib import Path
from typing import Any

from app.settings import Settings
from app.text.person_names import SortBy


def as_options(settings: Settings) -> dict[str, Any]:
    """Return the settings of stores as plain values."""
    return {
        "instance_folder": str(settings.instance_folder),
        "dynamo_mode": settings.dynamo_mode,
        "dynamo_table": settings.dynamo_table,
        "database_url": settings.database_url,
        "database_problem": settings.database_problem,
        "photos_problem": settings.photos_problem,
        "region": settings.region,
        "photos_bucket": settings.photos_bucket,
        "photo_max_mb": settings.photo_max_mb,
        "photos_folder": str(settings.photos_folder or ""),
        "sort_by": settings.sort_by.value,
    }


def from_options(options: dict[str, Any]) -> Settings:
    """Return the settings that ``as_options`` made these of."""
    folder = options["photos_folder"]
    paths = {
        "instance_folder": Path(options["instance_folder"]),
        "photos_folder": Path(folder) if folder else None,
    }
    return Settings(**{**options, **paths, "sort_by": SortBy(options["sort_by"])})
