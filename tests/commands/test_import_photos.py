"""``flask import-photos`` takes a folder or an archive, and is undone like any import."""

from __future__ import annotations

import re
from pathlib import Path
from threading import Event

import pytest
from click.testing import Result
from flask import Flask

from app.model.employee import Employee
from app.web.current import current_directory
from tests.support.photo_archives import archive, face
from tests.support.small_app import small_app
from tests.support.viewers import OPERATOR


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """An application with two people, whose imports are worked on by a thread of its own."""
    app = small_app(tmp_path / "instance")

    def work(job_id: str) -> None:
        for _ in app.extensions["importer"].work(job_id, Event()):
            pass

    app.extensions["import_scheduler"].launch = work
    with app.app_context():
        for number, name in (("1001", "Ada Byron"), ("1002", "Bo Diaz")):
            person = Employee(id=name[:3], full_name=name, employee_number=number)
            current_directory().add(OPERATOR, person, name)
    return app


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two photos, one of them in a folder of its own, and what systems leave beside them."""
    folder = tmp_path / "faces"
    (folder / "team").mkdir(parents=True)
    (folder / "1001.png").write_bytes(face())
    (folder / "team" / "1002.PNG").write_bytes(face(80))
    (folder / ".DS_Store").write_bytes(b"x")
    return folder


def run(app: Flask, *command: str | Path) -> Result:
    return app.test_cli_runner().invoke(args=[*map(str, command)])


def photos(app: Flask) -> list[bool]:
    with app.app_context():
        people = current_directory().employees.get_many(["Ada", "Bo "])
        return [bool(people[key].photo_key) for key in ("Ada", "Bo ")]


def test_a_folder_is_shown_imported_and_undone(app: Flask, folder: Path) -> None:
    shown = run(app, "import-photos", folder, "--dry-run")
    assert shown.exit_code == 0, shown.output
    assert "Dry run: 0 added, 2 changed, 0 unchanged, 0 with errors." in shown.output
    assert "Ada Byron (1001.png): changed. Photo: new" in shown.output
    assert photos(app) == [False, False]
    done = run(app, "import-photos", folder)
    assert done.exit_code == 0, done.output
    assert photos(app) == [True, True]
    [job_id] = re.findall(r"flask import --undo (\S+)", done.output)
    assert run(app, "import", "--undo", job_id).exit_code == 0
    assert photos(app) == [False, False]


def test_an_archive_is_taken_too_and_errors_are_told(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "faces.zip"
    path.write_bytes(archive(("1001.png", face()), ("Eve.png", face())))
    done = run(app, "import-photos", path)
    assert done.exit_code == 1
    assert "Eve.png: Nobody has this id, employee number or email." in done.output
    assert photos(app) == [True, False]


def test_links_and_large_files_of_a_folder_are_left_out_and_told(app: Flask, folder: Path) -> None:
    (folder / "1002.png").symlink_to(folder / "1001.png")
    (folder / "away").symlink_to("/")
    (folder / "film.mov").write_bytes(bytes(11 << 20))
    done = run(app, "import-photos", folder)
    assert done.exit_code == 0, done.output
    assert "1002.png: a link, or over 10 MB: left out" in done.output
    assert "film.mov: a link, or over 10 MB: left out" in done.output


@pytest.mark.parametrize("name", ["empty", "people.csv"])
def test_what_has_no_photos_is_refused(app: Flask, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("Name\nAda\n") if "." in name else path.mkdir()
    done = run(app, "import-photos", path)
    assert done.exit_code == 2
    assert "has no photos. Name photos after people" in done.output
