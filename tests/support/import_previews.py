"""Imports on their pages, worked on when the test says so."""

from __future__ import annotations

from threading import Event

from app.imports.importer import Importer
from tests.support.page_reader import Page
from tests.support.small_directory import SmallDirectory, upload


def preview(small: SmallDirectory, content: str) -> Page:
    form = small.get("/import").fields("/import")
    sent = small.post("/import", {**form, "file": upload(content.encode(), "Staff.csv")})
    return worked(small, sent)


def worked(small: SmallDirectory, sent: Page) -> Page:
    importer: Importer = small.app.extensions["importer"]
    while job_id := importer.due():
        for _ in importer.work(job_id, Event()):
            pass
    return small.reader.follow(sent)


def press(small: SmallDirectory, page: Page, action: str) -> Page:
    [address] = [
        form.get("action", "") for form in page.all("form", method="post")
        if form.get("action", "").endswith(action)
    ]  # fmt: skip
    return worked(small, small.post(address, page.fields(address)))
