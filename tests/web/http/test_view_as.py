"""View as: pages of people as a lesser audience sees them, for whoever is signed in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.access.viewer import ANYBODY_IN_OPEN_MODE, VISITOR, Role, Viewer
from tests.support.page_reader import Page
from tests.support.small_directory import AMARA, SmallDirectory
from tests.support.viewers import request_as, viewer

EDITOR = viewer(Role.EDITOR)
SELF = viewer(Role.COLLEAGUE, person_id="amara")
PHONE, ABOUT = "555 0127", "queues"


@pytest.fixture
def people(tmp_path: Path) -> SmallDirectory:
    small = SmallDirectory(tmp_path)
    small.put(replace(AMARA, hidden=("about",)))
    return small


def seen(people: SmallDirectory, who: Viewer, address: str) -> Page:
    request_as(people.app, who)
    return people.get(address)


@pytest.mark.parametrize(
    "who", [EDITOR, SELF, ANYBODY_IN_OPEN_MODE], ids=["editor", "self", "open"]
)
def test_whoever_sees_all_sees_a_person_as_others_do(people: SmallDirectory, who: Viewer) -> None:
    own = seen(people, who, "/employee/amara").text
    colleague = seen(people, who, "/employee/amara?as=colleague").text
    everybody = seen(people, who, "/employee/amara?as=everybody").text
    assert PHONE in own
    assert ABOUT in own
    assert PHONE in colleague
    assert ABOUT not in colleague
    assert PHONE not in everybody
    assert ABOUT not in everybody
    assert "You see this as a colleague does" in colleague
    assert "You see this as everybody does" in everybody
    assert "You see this" not in own
    assert "Edit" not in colleague.split()


def test_links_and_searches_lead_on_as_the_same_audience(people: SmallDirectory) -> None:
    page = seen(people, EDITOR, "/?q=amara&view=table&as=colleague")
    links = [link.get("href", "") for link in page.all("a")]
    of_people = [link for link in links if link.startswith(("/?", "/employee"))]
    plain = [link for link in of_people if "as=colleague" not in link]
    assert plain == ["/?q=amara&view=table"]  # Stop
    assert len(of_people) > 4
    person = next(link for link in of_people if link.startswith("/employee"))
    assert ABOUT not in seen(people, EDITOR, person).text
    assert page.one("input", name="as").get("value") == "colleague"


def test_nobody_gains_anything(people: SmallDirectory) -> None:
    visitor = seen(people, VISITOR, "/employee/amara?as=colleague").text
    assert PHONE not in visitor
    assert "You see this" not in visitor
    for name in ("editor", "admin", "nobody", "", "Colleague"):
        assert ABOUT not in seen(people, viewer(Role.COLLEAGUE), f"/employee/amara?as={name}").text
    assert seen(people, EDITOR, "/edit/amara?as=everybody").response.status_code == 200
