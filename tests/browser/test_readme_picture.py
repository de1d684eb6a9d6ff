"""The picture in the README is made here, of the list with the sample people in it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageStat

from app.access.viewer import Role
from app.contracts.accounts import Account
from tests.browser.conftest import Open, Site
from tests.support.repository import ROOT
from tests.support.small_directory import SmallDirectory
from tests.support.viewers import request_as, viewer

PICTURE = ROOT / "docs" / "directory.png"
_DIFFERS = 4.0


def test_the_readme_shows_the_list_as_it_is(browse: Open, site: Site) -> None:
    editor = next(person for person in site.small.everyone() if person.photo_key)
    request_as(site.small.app, viewer(Role.EDITOR, editor.id, editor.full_name))
    claim(site.small)  # else a line says that there is no administrator
    page = browse("/")
    page.wait_for_load_state("networkidle")
    page.evaluate(
        "Promise.all([...document.images].map((image) => { image.loading = 'eager';"
        " return image.decode(); }))"
    )
    height = page.evaluate("document.body.scrollHeight")
    page.set_viewport_size({"width": 1280, "height": height})
    fresh = page.screenshot(animations="disabled")
    with Image.open(BytesIO(fresh)) as image:
        assert image.width == 1280
        assert len(image.convert("RGB").getcolors(1 << 24) or []) > 500, "faces are drawn"
        if not _is_like(image, PICTURE):
            PICTURE.parent.mkdir(exist_ok=True)
            PICTURE.write_bytes(fresh)
    assert page.locator(".cell").count() == 24


def claim(small: SmallDirectory) -> None:
    ana = Account(id="a1", name="Ana", role=Role.ADMIN)
    assert small.app.extensions["access"]._store.claim(ana)
    small.app.extensions["access"].forget()


def _is_like(image: Image.Image, path: Path) -> bool:
    """Whether the stored picture still shows this, but for the fonts of another machine."""
    if not path.exists():
        return False
    with Image.open(path) as stored:
        if stored.size != image.size:
            return False
        difference = ImageChops.difference(stored.convert("L"), image.convert("L"))
    return ImageStat.Stat(difference).mean[0] < _DIFFERS
