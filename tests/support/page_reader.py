"""A test client that reads every page like a strict browser, and checks it as it comes."""

from __future__ import annotations

from collections import Counter
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from flask import Flask
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.test import TestResponse

from tests.support import strict_html

_UNLABELLED = frozenset({"hidden", "submit", "button"})
_POINTERS = ("for", "list", "aria-describedby", "aria-labelledby", "aria-controls")


@dataclass
class Page:
    """A page that was fetched and found in order."""

    response: TestResponse
    tree: Element

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def text(self) -> str:
        """What people read of the body, white space collapsed."""
        return words_of(self.one("body"))

    @property
    def title(self) -> str:
        return words_of(self.one("title"))

    @property
    def h1(self) -> str:
        return words_of(self.one("h1"))

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """The elements of this tag that carry these attributes; ``cls`` is one of the classes."""
        found = []
        wanted_class = attributes.pop("cls", None)
        for element in self.tree.iter(tag):
            classes = element.get("class", "").split()
            if wanted_class is not None and wanted_class not in classes:
                continue
            if all(element.get(name.replace("_", "-")) == v for name, v in attributes.items()):
                found.append(element)
        return found

    def one(self, tag: str, **attributes: str) -> Element:
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} of <{tag}> with {attributes}"
        return found[0]

    def by_id(self, name: str) -> Element:
        found = [element for element in self.tree.iter() if element.get("id") == name]
        assert found, f"no element has the id {name}"
        return found[0]

    def links(self) -> dict[str, str]:
        """Where each link leads, by its words (or its label)."""
        return {
            link.get("aria-label") or words_of(link): link.get("href", "") for link in self.all("a")
        }

    def names(self) -> list[str]:
        """The names of the people that a list shows, in order."""
        return [words_of(link) for link in self.all("a", cls="name")]

    def fields(self, action: str | None = None) -> dict[str, list[str]]:
        """What a browser would post of the form with this action (the only one that posts)."""
        forms = self.all("form", method="post")
        forms = [form for form in forms if action in (None, form.get("action"))]
        assert len(forms) == 1, f"{len(forms)} forms post"
        return fields_of(forms[0])


def fields_of(form: Element) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for field in form.iter():
        name = field.get("name")
        kind = field.get("type", "text")
        off = kind in ("checkbox", "radio") and field.get("checked") is None
        if field.tag == "textarea" and name:
            # A parser drops the first line break of a textarea, as browsers do.
            values.setdefault(name, []).append(field.text or "")
        elif field.tag == "input" and name and kind not in ("file", "submit") and not off:
            values.setdefault(name, []).append(field.get("value", ""))
    if values.get("typed_name") == [""]:  # somebody types it who means to delete
        values["typed_name"] = values["shown_name"]
    return values


def words_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


class PageReader:
    """Fetches pages of an application, with cookies, and checks the HTML of each."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()

    def get(self, address: str, status: int = 200) -> Page:
        # In a context of its own: the deadline of a request must not outlive it in the test.
        return self._read(copy_context().run(self.client.get, address), status)

    def post(self, address: str, data: object, status: int = 303) -> Page:
        """Post a form; a redirect is not followed, and its page is empty."""
        return self._read(self.send(address, data), status)

    def send(
        self, address: str, data: object, content_type: str = "multipart/form-data"
    ) -> TestResponse:
        """Post a form and take whatever comes; the client's own file for a large one is closed."""
        post = partial(self.client.post, address, data=data, content_type=content_type)
        answer = copy_context().run(post)
        answer.request.environ["wsgi.input"].close()
        return answer

    def follow(self, page: Page) -> Page:
        """The page that a redirect leads to."""
        assert page.status == 303, page.status
        return self.get(page.response.headers["Location"])

    def _read(self, response: TestResponse, status: int) -> Page:
        assert response.status_code == status, (response.status_code, response.text[:2000])
        if response.status_code == 303:
            return Page(response, Element("html"))
        assert response.mimetype == "text/html"
        page = Page(response, strict_html.parse(response.text))
        _check(page, self.app)
        return page


def _check(page: Page, app: Flask) -> None:
    assert page.response.text.startswith("<!doctype html>")
    assert page.one("html").get("lang") == "en"
    assert page.h1
    assert page.h1 in page.title, "the title and the heading drifted apart"
    assert "\x00" not in page.response.text
    _check_ids(page)
    _check_nothing_inline(page)
    _check_labels(page)
    _check_forms(page, app)
    _check_links(page, app)
    for image in page.all("img"):
        assert image.get("alt") is not None
        assert image.get("width"), image.attrib
        assert image.get("height"), image.attrib


def _check_ids(page: Page) -> None:
    ids = Counter(element.get("id") for element in page.tree.iter() if element.get("id"))
    assert [name for name, count in ids.items() if count > 1] == []
    for element in page.tree.iter():
        for attribute in _POINTERS:
            for target in element.get(attribute, "").split():
                assert target in ids, f"{attribute} points at {target}, which is not there"
        href = element.get("href", "")
        if href.startswith("#"):
            assert href[1:] in ids, f"a link leads to {href}, which is not there"


def _check_nothing_inline(page: Page) -> None:
    assert page.all("style") == []
    for element in page.tree.iter():
        assert not [name for name in element.attrib if str(name).startswith("on")], element.attrib
        assert "style" not in element.attrib, element.attrib
    for script in page.all("script"):
        assert script.get("src")
        assert not words_of(script)


def _check_labels(page: Page) -> None:
    labelled = {label.get("for") for label in page.all("label")}
    for tag in ("input", "textarea", "select"):
        for field in page.all(tag):
            if field.get("type") not in _UNLABELLED:
                assert field.get("id") in labelled or field.get("aria-label"), field.attrib
    for button in page.all("button"):
        assert words_of(button)
    for link in page.all("a"):
        assert link.get("aria-label") or words_of(link), link.attrib


def _check_forms(page: Page, app: Flask) -> None:
    routes = app.url_map.bind("directory.example")
    for form in page.all("form"):
        method = form.get("method", "get").upper()
        assert routes.match(urlsplit(form.get("action", "")).path, method)
        if method == "POST":
            assert fields_of(form)["csrf_token"] != [""], "a form that posts has no token"
            assert [button for button in form.iter("button") if button.get("type") == "submit"]


def _check_links(page: Page, app: Flask) -> None:
    routes = app.url_map.bind("directory.example")
    for tag, attribute in (("a", "href"), ("img", "src"), ("link", "href"), ("script", "src")):
        for element in page.all(tag):
            address = urlsplit(element.get(attribute, ""))
            if tag == "a" and "external" in element.get("rel", "").split():
                continue  # an address of the settings
            assert not address.netloc, f"another host is named: {address}"
            assert address.scheme in ("", "mailto", "tel", "sms"), address
            if address.path and not address.scheme:
                try:
                    routes.match(address.path, "GET")
                except (NotFound, MethodNotAllowed) as error:
                    raise AssertionError(f"no page at {address.path}") from error
