"""The people in a backup are read as strictly as if a stranger had written them."""

import json
from dataclasses import replace

import pytest

from app.backups.people import parse_people
from app.exports.json_lines import to_json_line
from tests.exports.test_exports import WHOLE


def read(**values: object) -> list:
    record = json.loads(to_json_line(WHOLE)) | values
    return list(parse_people([json.dumps(record).encode()]))


def test_what_was_written_is_read() -> None:
    people = [WHOLE, replace(WHOLE, id="2", version=0, updated_at=None, badges=(), photo_key="")]
    assert list(parse_people(map(to_json_line, people))) == people


def test_what_a_record_lacks_is_empty() -> None:
    (person,) = parse_people([b'{"id": "1"}'])
    assert (person.full_name, person.badges, person.version, person.photo_key) == ("", (), 0, "")


def test_a_version_that_no_count_of_writes_reaches_is_another_program_s() -> None:
    assert read(version=2**31 - 2)[0].version == 2**31 - 2
    assert read(version=10**15 - 1)[0].version == 0


def test_a_key_that_another_program_chose_is_no_photo() -> None:
    assert read(photo_key="employee_pic/my photo.png")[0].photo_key == ""


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"id": ""}, "the id is no text of 1 to 2,048 bytes"),
        ({"id": "é" * 1_025}, "the id is no text of 1 to 2,048 bytes"),
        ({"full_name": 1}, "a field is no text"),
        ({"badges": "linux"}, "the badges are no list"),
        ({"about": "x" * 500_000}, "it is larger than 400 KB"),
        ({"photo_key": "../x"}, "the key of the photo is no key"),
        ({"version": 10**15}, "the version is no whole number that can be one"),
        ({"version": True}, "the version is no whole number that can be one"),
        ({"updated_at": 7}, "the time is no text"),
        ({"updated_at": "2026-01-01"}, "the time has no zone"),
    ],
)
def test_what_no_store_has_is_told_with_its_line(values: dict, reason: str) -> None:
    with pytest.raises(ValueError, match=f"line 1 is no person: {reason}"):
        read(**values)
