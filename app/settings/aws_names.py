"""The names of regions, buckets and tables of AWS, also as people copy them from its console."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from app.model.errors import SettingsError
from app.settings.reader import Reader

_REGION = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-[0-9]{1,2}")
_ZONE = re.compile(r"([a-z]{2,4}(?:-[a-z]+)+-[0-9]{1,2})(?:[a-z]|(?:-[a-z0-9]+)+)")
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]")
_ACCESS_POINT = re.compile(r"arn:aws[a-z-]*:s3:[a-z0-9-]+:[0-9]{12}:accesspoint[/:][A-Za-z0-9-]+")
_BUCKET_ARN = re.compile(r"arn:aws[a-z-]*:s3:::([^/*]+)(?:/.*)?")
_HOST_OF_S3 = re.compile(
    r"(?:(?P<bucket>.+)\.)?s3(?:-website|-accelerate|-fips)?(?:[.-][a-z0-9-]+)*\.amazonaws\.com"
    r"(?:\.cn)?"
)
_CONSOLE = re.compile(r"(?:.+\.)?console\.(?:aws\.amazon|amazonaws|amazonaws-us-gov)\.(?:com|cn)")
_CONSOLE_PATH = re.compile(r"/s3/(?:buckets|object|upload)/([^/]+)")
_ENDPOINT = re.compile(r"https?://[A-Za-z0-9.\-\[\]:_]+(?:/[^\s\"'<>]*)?")
_TABLE = re.compile(r"[A-Za-z0-9_.-]{3,249}")  # room for "-index"


def read_region(reader: Reader, name: str, value: str) -> str:
    """Return the region that this value of this setting means. Raises SettingsError."""
    if not value or _REGION.fullmatch(value):
        return value
    if region := _meant_region(value):
        reader.notes.append(f"{name} is read as {region}.")
        return region
    raise SettingsError(
        f"{name} is {value[:200]!r}, which is not the name of a region. Use one such as us-west-2, "
        "as the console shows it beside the name of the place."
    )


def read_bucket(reader: Reader, name: str = "PHOTOS_BUCKET") -> str:
    """Return the bucket that is meant: by its name, address or ARN. Raises SettingsError."""
    value = reader.text(name)
    if not value:
        return ""
    bucket = _meant_bucket(value)
    if not (_BUCKET.fullmatch(bucket) or _ACCESS_POINT.fullmatch(bucket)) or _is_ip(bucket):
        raise SettingsError(
            f"{name} is {value[:200]!r}, which no bucket can have as a name. Use the name alone, "
            "such as my-photos: lower-case letters, digits and hyphens, 3 to 63 characters."
        )
    if bucket != value:
        reader.notes.append(f"{name} is read as {bucket}.")
    return bucket


def check_table(name: str, value: str) -> str:
    """Return the name of a table. Raises SettingsError if no table can have it."""
    if value and not _TABLE.fullmatch(value):
        raise SettingsError(
            f"{name} is {value[:200]!r}, which no table can have as a name. Use the name alone, "
            "such as Employees: letters, digits, dots, hyphens and underscores."
        )
    return value


def check_endpoints(reader: Reader, service: str) -> tuple[str, ...]:
    """Tell of addresses that the SDK of AWS cannot use; it reads them itself, as they are."""
    names = ("AWS_ENDPOINT_URL", f"AWS_ENDPOINT_URL_{service}")
    for name in names:
        value = reader.exact(name)
        if value and not _ENDPOINT.fullmatch(value):
            reader.refuse(
                name,
                f"{name} is {value[:200]!r}, which is not an address. Use one such as "
                "http://localhost:8000, without quotation marks, or remove it.",
            )
    return names


def _meant_bucket(value: str) -> str:
    if found := _BUCKET_ARN.fullmatch(value):
        return found[1]
    if value.lower().startswith(("s3://", "s3a://", "s3n://")):
        return value.partition("://")[2].partition("/")[0]
    if "://" in value or ".amazonaws.com" in value or "console.aws" in value:
        return _bucket_of_address(value if "://" in value else f"https://{value}") or value
    return value.rstrip("/")


def _bucket_of_address(address: str) -> str:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if _CONSOLE.fullmatch(host):
        if found := _CONSOLE_PATH.match(parts.path):
            return unquote(found[1])
        return parse_qs(parts.query).get("bucket", [""])[0]
    found = _HOST_OF_S3.fullmatch(host)
    if found is None:
        return ""
    return found["bucket"] or unquote(parts.path.strip("/").partition("/")[0])


def _meant_region(value: str) -> str:
    plain = value.strip().lower()
    joined = re.sub(r"[\s_]+", "-", plain)
    if _REGION.fullmatch(joined):
        return joined
    if zone := _ZONE.fullmatch(joined):
        return zone[1]
    named = set(re.findall(r"\b[a-z]{2,4}(?:-[a-z]+)+-[0-9]{1,2}\b", plain))
    places = _places()
    words = re.sub(r"^eu ", "europe ", " ".join(plain.replace("(", " ").replace(")", " ").split()))
    named |= {code for code, name in places.items() if words in (name, name.rpartition("|")[2])}
    named |= {code for code, name in places.items() if words == name.replace("|", " ")}
    return named.pop() if len(named) == 1 else ""


def _places() -> dict[str, str]:
    """Return the places of the regions, such as "us west|oregon", as the SDK of AWS has them."""
    spec = find_spec("botocore")  # its data is read, and nothing of it is imported
    folders = spec.submodule_search_locations if spec else None
    try:
        text = (Path((folders or [""])[0]) / "data" / "endpoints.json").read_text()
        partitions = json.loads(text)["partitions"]
        return {
            code: re.sub(r"\s*\(\s*", "|", region["description"].lower()).rstrip(") ")
            for partition in partitions
            for code, region in partition["regions"].items()
        }
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
