"""The people in a part of a backup, checked as strictly as if a stranger had written them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from app.backups.parts import parse_json
from app.exports.json_lines import employee_from
from app.model.employee import Employee
from app.model.fields import TEXT_FIELDS
from app.model.stored_values import MAX_VERSION
from app.photos.keys import leads_elsewhere

_MAX_ID_BYTES = 2_048
_MAX_RECORD_BYTES = 400 * 1024  # of an item of DynamoDB
_VERSION_LIMIT = 10**15  # of what a store reads as a version


def parse_people(lines: Iterable[bytes]) -> Iterator[Employee]:
    """Yield the person of each line. Raises ValueError, with the line and the reason."""
    for number, line in enumerate(lines, 1):
        try:
            yield _parse_person(line)
        except (ValueError, OverflowError) as error:
            raise ValueError(f"line {number} is no person: {error}") from error


def _parse_person(line: bytes) -> Employee:
    record = parse_json(line)
    _check_id(record.get("id"))
    _check_texts(record)
    if leads_elsewhere(record.get("photo_key")):
        raise ValueError("the key of the photo is no key")
    version = _checked_version(record.get("version"))
    _check_time(record.get("updated_at"))
    return replace(employee_from(record), version=version)


def _check_id(employee_id: object) -> None:
    if not isinstance(employee_id, str) or not 0 < len(employee_id.encode()) <= _MAX_ID_BYTES:
        raise ValueError(f"the id is no text of 1 to {_MAX_ID_BYTES:,} bytes")


def _check_texts(record: dict[str, object]) -> None:
    badges = record.get("badges") or []
    if not isinstance(badges, list):
        raise ValueError("the badges are no list")  # noqa: TRY004
    texts = [record.get(name) or "" for name in TEXT_FIELDS]
    size = 0
    for text in (*texts, *badges):
        if not isinstance(text, str):
            raise ValueError("a field is no text")  # noqa: TRY004
        size += len(text.encode())
    if size > _MAX_RECORD_BYTES:
        raise ValueError(f"it is larger than {_MAX_RECORD_BYTES // 1024} KB")


def _checked_version(version: object) -> int:
    """Return the version; 0, as of another program, if no count of writes can be so large."""
    if version is None:
        return 0
    if type(version) is not int or not 0 <= version < _VERSION_LIMIT:
        raise ValueError("the version is no whole number that can be one")
    return version if version <= MAX_VERSION else 0


def _check_time(moment: object) -> None:
    if moment is None:
        return
    if not isinstance(moment, str):
        raise ValueError("the time is no text")  # noqa: TRY004
    if datetime.fromisoformat(moment).tzinfo is None:
        raise ValueError("the time has no zone")
    datetime.fromisoformat(moment).astimezone(UTC)
