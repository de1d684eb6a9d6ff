"""All that pages and commands can ask of a directory, asked of everyone in it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote
from zipfile import ZipFile

from flask import Flask
from openpyxl import load_workbook

from app.contracts import EmployeeStore
from app.exports.formats import FORMATS
from app.exports.json_lines import from_json_line, to_json_line
from app.model import leaving
from app.model.employee import Employee
from app.photos.keys import copy_key
from app.runtime import deadline
from app.text.search_terms import typed_terms
from app.web.ui.urls import card_address, delete_address, edit_address, person_address
from tests.support.acceptance.visitors import id_in
from tests.support.page_reader import Page, PageReader

VIEWS = ("", "?view=table", "?letter=other", "?q=ada", "?q=zzzz+x", "?badge=apple&joined=0001-01")
COMMANDS = (("reindex",), ("reindex", "--force"), ("doctor",))


class Everything:
    """An application, read like a strict browser: no answer may fail."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.reader = PageReader(app)

    @property
    def store(self) -> EmployeeStore:
        deadline.start(float("inf"))  # that of the last request outlives it in a test
        store: EmployeeStore = self.app.extensions["directory"].employees
        return store

    def people(self) -> dict[str, Employee]:
        return {one.id: one for batch in self.store.iter_batches() for one in batch.people}

    def read(self) -> None:
        """Ask for everything that changes nobody."""
        self.run(("reindex",))
        people = self.people()
        self.read_lists(people.keys())
        for person in people.values():
            self.read_person(person)
        self.read_exports(people)
        self.reader.get("/insights")
        assert self.app.test_client().get("/readyz").status_code == 200

    def run(self, *commands: tuple[str, ...]) -> None:
        for command in commands:
            deadline.start(float("inf"))
            result = self.app.test_cli_runner().invoke(args=list(command))
            allowed = (0, 1) if command == ("doctor",) else (0,)
            assert result.exit_code in allowed, (command, result.output, result.exception)
            if result.exit_code:
                assert isinstance(result.exception, SystemExit), result.exception

    def read_lists(self, ids: Iterable[str]) -> None:
        """Find in lists each of these who has not left, and nobody else."""
        people, today = self.people(), leaving.today()
        here = [each for each in ids if not leaving.has_left(people[each], today)]
        for view in VIEWS[:2]:
            listed = [link.get("href", "") for page in self.pages(f"/{view}")
                      for link in page.all("a", cls="name")]  # fmt: skip
            assert sorted(map(id_in, listed)) == sorted(here), (listed, here)
        for view in VIEWS[2:]:
            for page in self.pages(f"/{view}"):
                assert page.status == 200
        self.follow_menus(self.reader.get("/"))

    def follow_menus(self, page: Page) -> None:
        """Open the list of each value of each menu, and its exports."""
        for link in {link.get("href", "") for link in page.all("a")}:
            if link.startswith("/?") and "cursor" not in link:
                self.reader.get(link)

    def pages(self, address: str) -> Iterable[Page]:
        while address:
            page = self.reader.get(address)
            yield page
            further = page.all("a", rel="next")
            address = further[0].get("href", "") if further else ""

    def read_person(self, person: Employee) -> None:
        self.reader.get(person_address(person.id))
        self.reader.get(edit_address(person.id))
        self.reader.get(delete_address(person.id))
        card = self.app.test_client().get(card_address(person.id))
        assert card.status_code == 200
        assert card.data.startswith(b"BEGIN:VCARD\r\n")
        for word in typed_terms(person.full_name).words[:2]:
            self.reader.get(f"/?q={quote(word)}")

    def read_exports(self, people: dict[str, Employee]) -> None:
        count = len(people)
        for ending in FORMATS:
            for view in ("", "?letter=other"):
                content = self.download(f"/export.{ending}{view}")
                if not view:
                    assert _COUNT[ending](content) == count, ending
        lines = self.download("/export.jsonl").splitlines(keepends=True)
        exported = {one.id: one for one in map(from_json_line, lines)}
        assert exported.keys() == people.keys()
        different = [(one, people[one.id]) for one in exported.values() if one != people[one.id]]
        assert not different, different

    def download(self, address: str) -> bytes:
        answer = self.app.test_client().get(address)
        content = answer.data
        answer.close()
        assert answer.status_code == 200, (address, answer.text[:500])
        return content

    def back_up_into(self, other: Everything, folder: Path) -> None:
        """Take a backup, and restore it into another directory: everyone as they were."""
        people = self.people()
        self.run(("backup", str(folder)))
        other.run(("restore", str(folder)))
        restored = other.people()
        assert restored.keys() == people.keys()
        for key, person in people.items():
            copied = replace(person, photo_key=copy_key(person.photo_key))
            assert to_json_line(restored[key]) == to_json_line(copied)

    def edit(self, employee_id: str) -> Employee:
        """Open the form, type what must be there, save, and open the page."""
        address = edit_address(employee_id)
        typed = {
            **self.reader.get(address).fields(),
            "full_name": "New Name", "job_title": "Cook", "location": "Bonn",
            "email": "", "phone": "", "mobile": "", "start_date": "2024-02-29",
            "time_zone": "", "about": "", "preferred_name": "", "pronouns": "", "department": "",
            "employee_number": "", "sort_as": "", "desk": "", "working_hours": "", "chat": "",
        }  # fmt: skip
        saved = self.reader.post(address, typed)
        page = self.reader.follow(saved)
        assert "New Name" in page.h1
        return self.store.get(employee_id)

    def delete(self, employee_id: str) -> None:
        address = delete_address(employee_id)
        self.reader.post(address, self.reader.get(address).fields())
        assert self.reader.get(person_address(employee_id), 404)


def _count_xlsx(content: bytes) -> int:
    assert ZipFile(io.BytesIO(content)).testzip() is None
    book = load_workbook(io.BytesIO(content), read_only=True)
    return sum(1 for _ in book.worksheets[0].iter_rows()) - 1


def _count_csv(content: bytes) -> int:
    csv.field_size_limit(2**31)
    return len(list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))) - 1


_COUNT: dict[str, Callable[[bytes], int]] = {
    "csv": _count_csv,
    "xlsx": _count_xlsx,
    "jsonl": lambda content: len([json.loads(line) for line in content.splitlines()]),
    "vcf": lambda content: content.count(b"BEGIN:VCARD\r\n"),
}
