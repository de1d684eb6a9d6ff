"""Items of DynamoDB's whole type system, at every attribute that the directory reads."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from app.model.fields import FIELDS

Item = dict[str, dict[str, Any]]

ENDS_OF_THE_CALENDAR = (
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01", "9999-12-31",
    "0000-01-01T00:00:00+00:00", "10000-01-01T00:00:00+00:00", "2026-02-30T00:00:00Z",
    "0001-01-01T00:00:00", "9999-12-31T23:59:59.999999+00:00", "2026-01-01T00:00:00+23:59",
    "2026-W01-1", "20260101T000000Z", "NaN", "-1", "infinity",
)  # fmt: skip
ODD_IDS = (
    ".", "..", "../edit", "a/../b", "./a", "a/.", "/", "//", "a//b", "/a", "a/", "\\", "..\\a",
    "a\nb", "\r\n", "\t", " ", "  a", "a ", "\x00", "a\x00b", "\x1f", "\x7f", "\x85", "\u2028",
    "%", "%2e%2e", "%00", "?", "?key=Li4", "#", "a?b#c&d=e", "key", "a;b", "+", "a+b", "'\"<b>",
    "\u200b", "\u202e", "\ufeff", "é", "é", "雨" * 682, "😀" * 512, "\n" * 2_048, "x" * 2_048,
    "add", "new", "None", "null", "0", "-", "~", "~0123", "|", "=", "{", "\U0010ffff",
)  # fmt: skip
NUMBERS = (
    "0", "-0", "1", "-1", "0.5", "1E125", "-1E125", "1E-130", "9" * 38, f"-{'9' * 38}",
    "1234567890123456", "2147483647", "2147483648", "1.0",
)  # fmt: skip

_texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
_lines = st.sampled_from(
    ("", " ", "Ada Lovelace", "\x00", "\u200b", "a\nb\rc", "=1+1", "<script>", "x" * 300,
     "雨" * 300, "|", "a|b=c", "{", "~", ",;:\\", "_x0041_", "\u202eabc", "ﬃ" * 70, "ß" * 200,
     "ada@example.com", "@", "a@b@c", "+1", "ext", "2024-02-29", "0000-12-01", "9999-99-99",
     "../../etc/passwd", "employee_pic/..", "employee_pic/x.jpg", "employee_pic/a b?.png",
     "photos/abc.jpg", "photos/a b?#%.png", "https://example.com/x.png",
     "Europe/Berlin", "apple,linux", *ENDS_OF_THE_CALENDAR)
)  # fmt: skip
_numbers = st.sampled_from(NUMBERS)
_binaries = st.binary(max_size=10)


def _sets(members: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(members, min_size=1, max_size=3, unique=True)


_scalars = st.one_of(
    (_texts | _lines).map(lambda text: {"S": text}),
    _numbers.map(lambda number: {"N": number}),
    _binaries.map(lambda content: {"B": content}),
    st.booleans().map(lambda value: {"BOOL": value}),
    st.just({"NULL": True}),
    _sets(_texts).map(lambda members: {"SS": members}),
    _sets(st.sampled_from(("1", "2.5", "-3"))).map(lambda members: {"NS": members}),
    _sets(_binaries).map(lambda members: {"BS": members}),
)
values = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda members: {"L": members})
        | st.dictionaries(_texts.filter(bool), inner, max_size=3).map(lambda fields: {"M": fields})
    ),
    max_leaves=4,
)
_strings = _lines.map(lambda text: {"S": text})
ATTRIBUTES = (
    *(field.dynamodb_attribute for field in FIELDS),
    *("name", "photo", "written_name", "written_photo"),
    *("version", "updated_at", "ix", "write_id", "history", "salary", "ttl", "view"),
)
ids = st.sampled_from(ODD_IDS) | _texts.filter(bool)
items: st.SearchStrategy[Item] = st.builds(
    lambda employee_id, content: {**content, "id": {"S": employee_id}},
    ids,
    st.dictionaries(st.sampled_from(ATTRIBUTES), values | _strings, max_size=12),
)
