"""The health check of photos in a folder, or switched off."""

from app.contracts import PhotoStore
from app.contracts.checks import Finding, failed, ok, warning
from app.diagnostics.machine import setting_line
from app.model.errors import StorageUnavailable
from app.settings import Settings


def check_photos(settings: Settings, photos: PhotoStore | None, off_reason: str) -> Finding:
    """Check that photos can be stored; nothing is written, as a page view must not change data."""
    if photos is None:
        return warning(off_reason, *setting_line("PHOTOS_BUCKET=my-bucket"))
    try:
        photos.check()
    except StorageUnavailable as error:
        return failed(
            f"Photos cannot be stored in {error.resource}: {error.reason}.",
            f"sudo install -d -o $(id -un) {settings.photos_folder}",
            "Check that the folder exists and that the directory may write to it",
        )
    return ok(f"Photos can be stored in {settings.photos_folder}.")
