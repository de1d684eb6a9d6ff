"""Every sentence that app/contracts says of a PhotoStore, for each kind of store."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from app.contracts import PhotoFile, PhotoLink
from app.model.errors import PhotoNotFound
from app.photos.keys import thumbnail_key

KEY = f"employee_pic/{'0123456789abcdef' * 2}.jpg"
OTHER = f"employee_pic/{'fedcba9876543210' * 2}.jpg"
OF_THE_COURSE = "employee_pic/0123456789abcdef.png"
IMAGE = b"\xff\xd8\xff" + bytes(range(256)) * 40 + b"\xff\xd9"

NO_KEYS = [
    "", "employee_pic", "employee_pic/", "employee_pic/..", "employee_pic/../secret.jpg",
    "../secret.jpg", "/etc/passwd", "employee_pic/a/b.jpg", "employee_pic//a.jpg", "secret.jpg",
    "employee_pic/a\0.jpg", "employee_pic/%2e%2e", "employee_pic\\..\\a", "employee_pic/é.jpg",
    "employee_pic/" + "a" * 300,
]  # fmt: skip


def test_a_photo_that_was_put_is_read_the_same(room):
    room.store.put(KEY, IMAGE)
    assert room.read(KEY) == IMAGE


def test_a_photo_is_got_byte_for_byte_by_every_machine(room):
    room.store.put(KEY, IMAGE)
    room.put_outside(OF_THE_COURSE, IMAGE[::-1])
    assert room.open_another().get(KEY) == IMAGE
    assert room.open_another().get(OF_THE_COURSE) == IMAGE[::-1]


def test_what_is_not_there_is_not_got(room):
    room.store.put(KEY, IMAGE)
    for key in (thumbnail_key(KEY), OTHER, *NO_KEYS):
        with pytest.raises(PhotoNotFound):
            room.store.get(key)


def test_a_photo_is_seen_by_every_machine_at_once(room):
    room.store.put(KEY, IMAGE)
    assert [key for key, _ in room.open_another().iter_keys()] == [KEY]


def test_a_photo_is_found_as_a_file_or_a_link(room):
    room.store.put(KEY, IMAGE)
    found = room.store.locate(KEY)
    assert isinstance(found, PhotoFile | PhotoLink)
    if isinstance(found, PhotoLink):
        assert 0 < found.seconds <= 3600
        assert found.url.startswith(f"{room.store.origin()}/")
    else:
        assert room.store.origin() is None


def test_a_photo_is_deleted_with_its_thumbnail_by_one_call(room):
    room.store.put(KEY, IMAGE)
    room.store.put(thumbnail_key(KEY), IMAGE)
    room.store.put(OTHER, IMAGE)
    room.store.delete({KEY, thumbnail_key(KEY)})
    assert room.read(KEY) is None
    assert room.read(thumbnail_key(KEY)) is None
    assert room.read(OTHER) == IMAGE


def test_deleting_a_photo_that_is_not_there_is_no_error(store):
    store.delete([KEY])
    store.delete([])


def test_keys_to_delete_may_come_one_by_one(room):
    room.store.put(KEY, IMAGE)
    room.store.delete(key for key in (OTHER, KEY))
    assert room.read(KEY) is None


def test_more_photos_than_one_call_takes_are_deleted(store):
    store.put(KEY, IMAGE)
    many = [f"employee_pic/{number:032x}.jpg" for number in range(1, 1_100)]
    store.delete([*many, KEY])
    assert list(store.iter_keys()) == []


def test_what_is_no_photo_key_is_never_found(store):
    for key in NO_KEYS:
        with pytest.raises(PhotoNotFound):
            store.locate(key)


def test_nothing_is_put_under_what_is_no_photo_key(store):
    for key in NO_KEYS:
        with pytest.raises(ValueError, match="not a photo key"):
            store.put(key, IMAGE)


def test_deleting_what_is_no_photo_key_touches_nothing(room):
    room.store.put(KEY, IMAGE)
    room.store.delete(NO_KEYS)
    assert room.read(KEY) == IMAGE


def test_each_names_every_photo_once_with_its_time(room):
    before = datetime.now(UTC) - timedelta(seconds=2)
    for key in (KEY, thumbnail_key(KEY), OTHER):
        room.store.put(key, IMAGE)
    room.put_outside(OF_THE_COURSE, IMAGE)
    found = dict(room.store.iter_keys())
    assert set(found) == {KEY, thumbnail_key(KEY), OTHER, OF_THE_COURSE}
    for stored_at in found.values():
        assert before <= stored_at <= datetime.now(UTC) + timedelta(seconds=2)


def test_each_of_an_empty_store_names_nothing(store):
    assert list(store.iter_keys()) == []


def test_a_photo_of_the_course_s_app_is_found(room):
    room.put_outside(OF_THE_COURSE, IMAGE)
    assert room.read(OF_THE_COURSE) == IMAGE


def test_a_store_that_works_says_so(store):
    store.check()


def test_setting_up_twice_changes_nothing_and_says_what_is_there(room):
    room.store.put(KEY, IMAGE)
    (sentence,) = room.store.set_up()
    assert sentence.startswith("Found the photo ")
    assert sentence.endswith(".")
    assert room.read(KEY) == IMAGE


def test_photos_are_put_by_many_threads(room):
    keys = [f"employee_pic/{number:032x}.jpg" for number in range(16)]
    threads = [threading.Thread(target=room.store.put, args=(key, IMAGE)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(key for key, _ in room.store.iter_keys()) == keys


def test_an_image_elsewhere_in_a_bucket_is_linked_and_got_and_never_deleted(room):
    """The folder holds nothing but photos."""
    for key, content in (("photos/a b.png", IMAGE), ("photos/page.jpg", b"<html>")):
        room.put_outside(key, content)
    if room.store.origin() is None:
        for ask in (room.store.locate_foreign, room.store.get_foreign):
            with pytest.raises(PhotoNotFound):
                ask("photos/a b.png")
        return
    assert isinstance(room.store.locate_foreign("photos/a b.png"), PhotoLink)
    assert room.store.get_foreign("photos/a b.png") == IMAGE
    for key in ("photos/page.jpg", "photos/none.jpg", KEY, "../photos/a b.png", ""):
        for ask in (room.store.locate_foreign, room.store.get_foreign):
            with pytest.raises(PhotoNotFound):
                ask(key)
    room.store.delete(["photos/a b.png"])
    assert room.store.get_foreign("photos/a b.png") == IMAGE
    with pytest.raises(PhotoNotFound):
        room.store.locate("photos/a b.png")
