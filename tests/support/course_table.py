"""A table as the course's app and people at the AWS console leave it, and how the app reads it."""

from typing import Any

from app.model.employee import BADGES

Item = dict[str, Any]


def _text(**fields: str) -> Item:
    return {name: {"S": text} for name, text in fields.items()}


def _listed(*members: str) -> Item:
    return {"badges": {"L": [{"S": member} for member in members]}}


def _person(employee_id: str, name: str) -> Item:
    return _text(id=employee_id, full_name=name, location="Seattle", job_title="Engineer")


# By id: the item, and the badges that it means.
ODD_ITEMS: dict[str, tuple[Item, tuple[str, ...]]] = {
    "plain": ({**_person("plain", "Ann Plain"), **_listed("apple", "bug")}, ("apple", "bug")),
    "no-badges": (_person("no-badges", "Ben Bare"), ()),
    "badges-empty-list": ({**_person("badges-empty-list", "Cleo"), **_listed()}, ()),
    "badges-set": (
        {**_person("badges-set", "Dora Set"), "badges": {"SS": ["apple", "linux"]}},
        ("apple", "linux"),
    ),
    "badges-string": (
        {**_person("badges-string", "Eve String"), "badges": {"S": "camera"}},
        ("camera",),
    ),
    "badges-commas": (
        {**_person("badges-commas", "Finn Comma"), "badges": {"S": "apple, plane,bug"}},
        ("apple", "plane", "bug"),
    ),
    "badges-mangled": (
        {**_person("badges-mangled", "Gus Mangled"), **_listed("['apple'", " 'linux']")},
        ("apple", "linux"),
    ),
    "badges-mangled-one": (
        {**_person("badges-mangled-one", "Gil Mangled"), **_listed("['coffee']")},
        ("coffee",),
    ),
    "badges-mangled-none": (
        {**_person("badges-mangled-none", "Gwen Mangled"), **_listed("[]")},
        (),
    ),
    "badges-null": ({**_person("badges-null", "Hal Null"), "badges": {"NULL": True}}, ()),
    "badges-numbers": (
        {**_person("badges-numbers", "Ida Number"), "badges": {"L": [{"N": "7"}, {"S": "bug"}]}},
        ("bug",),
    ),
    "badges-unknown": (
        {**_person("badges-unknown", "Jo Unknown"), **_listed("rocket", "trophy")},
        ("trophy", "rocket"),
    ),
    "no-location": (_text(id="no-location", full_name="Kay Nowhere", job_title="Poet"), ()),
    "no-title": (_text(id="no-title", full_name="Lee Untitled", location="Rome"), ()),
    "only-id": (_text(id="only-id"), ()),
    "photo-empty": ({**_person("photo-empty", "Mo Photo"), **_text(object_key="")}, ()),
    "photo-lost": (
        {
            **_person("photo-lost", "Nan Photo"),
            **_text(object_key="employee_pic/0123456789abcdef.png"),
        },
        (),
    ),
    "photo-elsewhere": (
        {**_person("photo-elsewhere", "Oz Photo"), **_text(object_key="http://example.com/x.png")},
        (),
    ),
    "name-number": ({**_person("name-number", ""), "full_name": {"N": "42"}}, ()),
    "name-binary": ({**_person("name-binary", ""), "full_name": {"B": b"\x00\xffname"}}, ()),
    "name-list": ({**_person("name-list", ""), "full_name": {"L": [{"S": "Pat"}]}}, ()),
    "name-decomposed": (_person("name-decomposed", "Jose\u0301 Nu\u0301n\u0303ez"), ()),
    "name-controls": (_person("name-controls", "Quinn\x1fX\x00Y\nZ"), ()),
    "version-text": ({**_person("version-text", "Ray Version"), **_text(version="three")}, ()),
    "date-odd": ({**_person("date-odd", "Sue Date"), **_text(start_date="yesterday")}, ()),
    "number-number": (
        {**_person("number-number", "Sven Number"), "employee_number": {"N": "10432"}},
        (),
    ),
    "mobile-number": (
        {**_person("mobile-number", "Tia Mobile"), "mobile": {"N": "47900112233"}},
        (),
    ),
    "mobile-odd": ({**_person("mobile-odd", "Tor Mobile"), "mobile": {"BOOL": True}}, ()),
    "zone-unknown": (
        {**_person("zone-unknown", "Tam Zone"), **_text(time_zone="W. Europe Standard Time")},
        (),
    ),
    "zone-odd": ({**_person("zone-odd", "Tao Zone"), "time_zone": {"SS": ["Europe/Oslo"]}}, ()),
    "number-odd": (
        {**_person("number-odd", "Sia Number"), "employee_number": {"M": {"a": {"N": "1"}}}},
        (),
    ),
    "more-attributes": (
        {
            **_person("more-attributes", "Tom More"),
            "salary": {"N": "1.5"},
            "notes": {"M": {"a": {"BS": [b"\x01", b"\x02"]}, "b": {"BOOL": False}}},
            "ttl": {"N": "99"},
        },
        (),
    ),
    "id with spaces/and?marks#é": (_person("id with spaces/and?marks#é", "Uma Odd"), ()),
    "x" * 2048: (_person("x" * 2048, "Val Long"), ()),
}


def read_as_the_course_does(item: Item) -> dict[str, Any]:
    """What the course's app makes of an item: it takes badges for a list of strings, or absent."""
    words = {badge.key: badge.label for badge in BADGES}
    badges = [member["S"] for member in item["badges"]["L"]] if "badges" in item else []
    return {
        "id": item["id"]["S"],
        "full_name": item["full_name"]["S"],
        "location": item["location"]["S"],
        "job_title": item["job_title"]["S"],
        "badges": [words[key] for key in badges],
        "photo": item.get("object_key", {}).get("S"),
    }
