"""Where photos are: in a bucket, in a folder, or nowhere."""

from __future__ import annotations

from pathlib import Path

from app.settings.aws_names import check_endpoints, read_bucket
from app.settings.database import REGIONS, Place
from app.settings.reader import Reader

_NO_BUCKET = (
    "Photos are off, because no bucket is set. Set PHOTOS_BUCKET to the name of an S3 bucket."
)
_NO_PHOTOS = "Until then photos are off."


def read_photos(reader: Reader, instance: Path, place: Place) -> tuple[str, Path | None, str]:
    """Return the bucket or the folder of photos, or why there is neither: no photo goes astray."""
    bucket = reader.or_else("PHOTOS_BUCKET", lambda: read_bucket(reader), "", _NO_PHOTOS)
    folder = reader.text("PHOTOS_FOLDER")
    names = ["PHOTOS_BUCKET"]
    if bucket:
        names += [*REGIONS, *check_endpoints(reader, "S3")]
    elif not reader.is_set("PHOTOS_BUCKET"):
        names += ["PHOTOS_FOLDER"] if reader.is_set("PHOTOS_FOLDER") else ["INSTANCE_FOLDER"]
    if problem := reader.problem_of(*names) or place.problem:
        return "", None, problem
    if bucket:
        return bucket, None, ""
    if not folder and place.dynamo_mode:
        reader.problems.append(_NO_BUCKET)
        return "", None, ""
    return "", Path(folder).absolute() if folder else instance / "photos", ""
