"""What the documents link to, and the files that they name, are there."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.support.repository import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("deploy/*.md")])
_CODE = re.compile(r"^```.*?^```|^ {4}.*?$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(
    r"`((?:app|bench|deploy|docs|static|templates|tests)/[\w./-]*"
    r"|(?:requirements[\w-]*|pyproject)\.\w+|\.ci/\w+)`"
)


def anchors(document: Path) -> set[str]:
    """The names under which headings can be linked to, as GitHub makes them."""
    text = re.sub(r"^```.*?^```", "", document.read_text(), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_to_a_file_and_a_heading(document: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", _CODE.sub("", document.read_text())):
        if re.match(r"https?://", target):
            continue
        name, _, anchor = unquote(target).partition("#")
        file = (document.parent / name).resolve() if name else document
        assert file.is_relative_to(ROOT), target
        assert file.exists(), target
        if anchor:
            assert anchor in anchors(file), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_is_named_is_there(document: Path) -> None:
    for name in _NAMED.findall(document.read_text()):
        assert (ROOT / name).exists(), name


def test_a_heading_is_an_anchor_as_on_github(tmp_path: Path) -> None:
    document = tmp_path / "some.md"
    document.write_text("# One `code/of.this`: what it is\n## From the course's app\n")
    assert anchors(document) == {"one-codeofthis-what-it-is", "from-the-courses-app"}
