"""The photo of a form: kept, replaced, removed, or refused with everything else kept."""

from __future__ import annotations

from pathlib import Path

from tests.support.pictures import picture
from tests.support.small_directory import SmallDirectory, small, upload

__all__ = ["small"]


def test_a_photo_is_kept_shown_replaced_and_removed(small: SmallDirectory) -> None:
    small.add(photo=upload(picture()))
    [stored] = small.everyone()
    first = stored.photo_key
    with small.reader.client.get(f"/photos/{first}") as shown:
        assert shown.mimetype == "image/jpeg"
    address = f"/edit/{stored.id}"
    small.post(address, small.form(address, photo=upload(picture("PNG"))))
    second = small.store.get(stored.id).photo_key
    assert second not in ("", first)
    assert small.reader.client.get(f"/photos/{first}").status_code == 404
    small.post(address, small.form(address, remove_photo="y"))
    assert small.store.get(stored.id).photo_key == ""
    assert not list(small.photos.rglob("*.jpg"))


def test_a_file_that_is_no_photo_is_told_and_the_rest_is_kept(small: SmallDirectory) -> None:
    page = small.add(status=422, photo=upload(b"%PDF-1.7", "face.png"), badges=["bug"])
    assert "JPEG, PNG, WebP or GIF" in "".join(page.by_id("photo-error").itertext())
    assert page.by_id("photo").get("aria-describedby") == "photo-error photo-hint"
    assert page.fields()["full_name"] == ["Ada Byron"]
    assert page.fields()["badges"] == ["bug"]
    assert small.everyone() == []


def test_after_another_mistake_the_photo_must_be_chosen_again_and_the_page_says_so(
    small: SmallDirectory,
) -> None:
    page = small.add(status=422, job_title="", photo=upload(picture()))
    assert "Choose the photo again" in page.text


def test_a_photo_that_is_too_large_is_told_in_the_form(tmp_path: Path) -> None:
    small = SmallDirectory(tmp_path, PHOTO_MAX_MB="1")
    page = small.add(status=422, photo=upload(bytes(1_500_000)))
    assert "The photo is 1.4 MB. Choose one under 1 MB" in page.text
    assert small.everyone() == []


def test_a_photo_that_is_far_too_large_is_refused_with_a_friendly_page(tmp_path: Path) -> None:
    small = SmallDirectory(tmp_path, PHOTO_MAX_MB="1")
    page = small.add(status=413, photo=upload(bytes(3_000_000)))
    assert "choose a photo under 1 MB" in page.text


def test_while_photos_are_off_the_form_says_why(tmp_path: Path) -> None:
    small = SmallDirectory(tmp_path, photos=False)
    page = small.get("/add")
    assert "Photos are off: set PHOTOS_BUCKET." in page.text
    assert [field for field in page.all("input") if field.get("type") == "file"] == []
    page = small.add(status=422, photo=upload(picture()))
    assert "Photo: photos are off" in page.text
    assert small.everyone() == []
