"""The keys of photos: one place says what is one, whoever names it."""

import ast

import pytest

from app.photos import keys
from tests.support.repository import ROOT

OUR_KEY = f"employee_pic/{'0a' * 16}.jpg"
OUR_THUMBNAIL = f"employee_pic/{'0a' * 16}-thumb.jpg"


def test_our_thumbnails_have_keys_of_their_own():
    assert keys.thumbnail_key(OUR_KEY) == OUR_THUMBNAIL
    assert keys.thumbnail_key(OUR_THUMBNAIL) == OUR_THUMBNAIL


@pytest.mark.parametrize(
    "key", ["employee_pic/0123456789abcdef.png", f"employee_pic/{'0A' * 16}.jpg", "", "x/y.jpg"]
)
def test_a_photo_of_another_program_is_its_own_thumbnail(key):
    assert keys.thumbnail_key(key) == key
    assert keys.base_of(key) == key


def test_both_sizes_of_a_photo_have_one_base():
    assert keys.base_of(OUR_THUMBNAIL) == keys.base_of(OUR_KEY) == OUR_KEY


@pytest.mark.parametrize(
    "key",
    [
        OUR_KEY,
        OUR_THUMBNAIL,
        "employee_pic/0123456789abcdef.png",
        "employee_pic/a",
        "employee_pic/a..b",
        "employee_pic/" + "a" * 187,
    ],
)
def test_a_plain_file_name_is_a_photo_key(key):
    assert keys.is_photo_key(key)


@pytest.mark.parametrize(
    "key",
    [
        "", "employee_pic/", "employee_pic", "employee_pic/.", "employee_pic/..",
        "employee_pic/.env", "employee_pic/../x.jpg", "employee_pic/a/b.jpg",
        "/employee_pic/a.jpg", "employee_pic//a.jpg", "employee_pic/a\0.jpg",
        "employee_pic/a.jpg\n", "employee_pic/a b.jpg", "employee_pic/é.jpg",
        "employee_pic\\a.jpg", "employee_pic/a%2e.jpg", "other/a.jpg", "Employee_pic/a.jpg",
        "employee_pic/" + "a" * 188,
    ],
)  # fmt: skip
def test_anything_else_is_no_photo_key(key):
    assert not keys.is_photo_key(key)


@pytest.mark.parametrize("named", [None, 7, ["employee_pic/a.jpg"], "employee_pic/a b.jpg", "../x"])
def test_a_record_that_names_no_photo_key_has_no_photo(named):
    assert keys.photo_key(named) == ""


def test_a_record_keeps_the_key_of_its_photo():
    assert keys.photo_key(OUR_KEY) == OUR_KEY


def test_a_key_of_ours_has_a_thumbnail():
    assert keys.our_key("0a" * 16) == OUR_KEY


@pytest.mark.parametrize(
    "named",
    [
        "../../secret", "/etc/passwd", "employee_pic/..", "employee_pic/.", "employee_pic/../x.jpg",
        "employee_pic\\..\\x", "employee_pic/a\0.jpg", "employee_pic/a\n.jpg", "x.jpg", 7, [], {},
    ],
)  # fmt: skip
def test_a_path_is_known_from_a_name(named):
    assert keys.leads_elsewhere(named)


@pytest.mark.parametrize(
    "named", [None, "", OUR_KEY, "employee_pic/my photo.png", "employee_pic/é.jpg"]
)
def test_what_another_program_may_have_named_leads_nowhere(named):
    assert not keys.leads_elsewhere(named)


def test_no_other_module_makes_or_takes_apart_a_key():
    """A text with the prefix in code, docstrings aside, would be a second opinion on keys."""
    second = []
    for path in sorted((ROOT / "app").rglob("*.py")):
        tree = ast.parse(path.read_text())
        texts = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        second += [
            f"{path}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and "employee_pic" in node.value
            and id(node) not in texts
            and path.name != "keys.py"
        ]
    assert second == []


@pytest.mark.parametrize(
    "key", ["photos/abc.jpg", "abc.PNG", "a/b c/d.jpeg", "photos/abc", "a.b/c", "Jörg #1?.webp"]
)
def test_an_image_anywhere_in_the_bucket_has_a_foreign_key(key):
    assert keys.is_foreign_key(key)
    assert not keys.is_photo_key(key)
    assert keys.any_photo_key(key) == key
    assert keys.is_photo_key(keys.copy_key(key))
    assert keys.thumbnail_key(keys.copy_key(key)) == keys.copy_key(key)


@pytest.mark.parametrize(
    "key",
    [
        "", "/a.jpg", "a//b.jpg", "../a.jpg", "a/../b.jpg", "./a.jpg", "a/.", "..", ".env",
        "a/.env", "a.html", "a.svg", "a.jpg.js", "a\\b.jpg", "a\n.jpg", "a\0.jpg", "\u202ea.jpg",
        "https://example.com/a.jpg", "employee_pic/a b.jpg", OUR_KEY, "a" * 201, "a/",
    ],
)  # fmt: skip
def test_what_is_no_image_of_the_bucket_has_none(key):
    assert not keys.is_foreign_key(key)


@pytest.mark.parametrize("has_left", [True, False])
@pytest.mark.parametrize(
    "key",
    [
        OUR_KEY,
        "employee_pic/ana.png",
        "employee_pic/ana",
        "employee_pic/a.b.jpeg",
        "employee_pic/-",
    ],
)
def test_the_key_of_a_leaver_tells_the_key_before(key, has_left):
    left = keys.left_key(key, "0123456789abcdef", has_left=has_left)
    assert left != key
    assert keys.is_photo_key(left)
    assert keys.key_before_leaving(left) == key == keys.key_before_leaving(key)
    again = keys.left_key(left, "0" * 16, has_left=True)
    assert again == keys.left_key(key, "0" * 16, has_left=True) != left
    assert keys.base_of(keys.thumbnail_key(left)) == left
    for size in (left, keys.thumbnail_key(left)):
        assert keys.is_left_key(size)
        assert ("left" in size) is has_left
    assert not keys.is_left_key(key)


@pytest.mark.parametrize("key", ["", "photos/ana.jpg", "employee_pic/" + "a" * 180 + ".jpg"])
def test_a_key_that_must_stay_has_none_of_a_leaver(key):
    assert keys.left_key(key, "0" * 16, has_left=True) == ""
