"""Visitors of the directory: they open pages, fill in forms, press buttons, as people do."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import cached_property
from http.client import RemoteDisconnected
from io import BytesIO
from threading import Barrier
from typing import IO, Any, Protocol
from urllib.parse import unquote

import urllib3
from flask import Flask
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from tests.support import strict_html
from tests.support.page_reader import Page, fields_of

Values = dict[str, list[str]]
IDLE_SECONDS = 1.5  # gunicorn closes a connection that has been idle for two
ADA = {
    "full_name": "Ada Lovelace",
    "preferred_name": "Ada",
    "pronouns": "she/her",
    "job_title": "Analyst",
    "department": "Engines",
    "location": "London",
    "email": "ada@example.com",
    "phone": "+44 20 5550 0142",
    "start_date": "2024-02-29",
    "about": "Poetical science.\n\nTwo lines of it.",
    "badges": ["linux", "coffee"],
}


@dataclass
class Answer:
    """What came back, and how long it took."""

    method: str
    address: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def location(self) -> str:
        return self.headers["Location"]

    @cached_property
    def page(self) -> Page:
        """The page, parsed once by a strict parser."""
        return Page(self, strict_html.parse(self.text))  # type: ignore[arg-type]

    @property
    def status_code(self) -> int:
        return self.status

    @property
    def form(self) -> Form:
        """The one form of the page that posts, as a browser would send it."""
        (form,) = self.page.all("form", method="post")
        return Form(form.get("action", ""), fields_of(form))

    def error_at(self, name: str) -> str:
        """The message that is tied to this field, for eyes and for screen readers."""
        page = self.page
        (control, *_) = (each for each in page.tree.iter() if each.get("name") == name)
        assert control.get("aria-invalid") == "true" or control.get("type") == "file"
        ids = control.get("aria-describedby", "").split()
        messages = [page.by_id(one) for one in ids if one.endswith("-error")]
        assert len(messages) == 1, f"{name} is tied to {ids}"
        return " ".join("".join(messages[0].itertext()).split())


@dataclass
class Form:
    """The fields of a form, and where they go."""

    action: str
    fields: Values = field(default_factory=dict)

    def typed(self, **changes: str | list[str] | None) -> Form:
        """The form with other values; None takes a field out."""
        fields = dict(self.fields)
        for name, value in changes.items():
            fields.pop(name, None)
            if value is not None:
                fields[name] = [value] if isinstance(value, str) else list(value)
        return Form(self.action, fields)

    def shows(self, typed: Mapping[str, str | list[str]]) -> bool:
        """Whether all this is in the form."""
        return all(
            sorted(self.fields.get(name, [])) == sorted(_listed(value))
            for name, value in typed.items()
        )

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, [""])[0]


class Wire(Protocol):
    """How requests reach the application."""

    def send(
        self, method: str, address: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, Mapping[str, str], bytes]: ...


class InProcess:
    """Through the test client, with cookies of its own."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client()

    def move_to(self, app: Flask) -> None:
        self._client.application = app

    def send(
        self, method: str, address: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, Mapping[str, str], bytes]:
        # In a context of its own: the deadline of a request must not outlive it in the test.
        return copy_context().run(self._send, method, address, body, headers)

    def _send(
        self, method: str, address: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, Mapping[str, str], bytes]:
        answer = self._client.open(address, method=method, data=body, headers=headers)
        data = answer.get_data()
        answer.close()
        return answer.status_code, answer.headers, data


class OverHttp:
    """Over a real socket."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool = urllib3.PoolManager(retries=False, timeout=60)
        self._answered_at = time.monotonic()
        self.cookies: dict[str, str] = {}

    def send(
        self, method: str, address: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, Mapping[str, str], bytes]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if cookies:
            headers = {**headers, "Cookie": cookies}
        answer = self._request(method, f"{self._url}{address}", body, headers)
        for line in answer.headers.getlist("Set-Cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.headers, answer.data

    def _request(
        self, method: str, url: str, body: bytes, headers: dict[str, str]
    ) -> urllib3.BaseHTTPResponse:
        """Send it again, as browsers do, if the server has just closed the idle connection."""
        was_idle = time.monotonic() - self._answered_at > IDLE_SECONDS
        try:
            answer = self._pool.request(method, url, body=body, headers=headers, redirect=False)
        except urllib3.exceptions.ProtocolError as error:
            if not was_idle or not isinstance(error.args[-1], RemoteDisconnected):
                raise
            answer = self._pool.request(method, url, body=body, headers=headers, redirect=False)
        self._answered_at = time.monotonic()
        return answer


@dataclass
class Person:
    """Someone of whom it was answered that they are saved, and with what."""

    values: dict[str, str]
    badges: list[str]
    has_photo: bool


class Ledger:
    """Every answer that came, and everyone who was answered to be saved or deleted."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.people: dict[str, Person] = {}
        self.deleted: set[str] = set()

    def note(self, form: Form, employee_id: str, becomes: Mapping[str, Any], photo: bool) -> None:
        """Remember what was saved: all that the form held, and what the rule makes of it."""
        values = {
            name: found[0].replace("\r\n", "\n").strip() for name, found in form.fields.items()
        }
        old = self.people.get(employee_id)
        known = old.values if old else {}
        texts = {name: values.get(name, known.get(name, "")) for name in ADA if name != "badges"}
        badges = becomes.get("badges", form.fields.get("badges", []))
        removed = "remove_photo" in form.fields
        has_photo = photo or (old is not None and old.has_photo and not removed)
        texts |= {name: value for name, value in becomes.items() if name != "badges"}
        self.people[employee_id] = Person(texts, sorted(badges), has_photo)
        self.deleted.discard(employee_id)

    def forget(self, employee_id: str) -> None:
        self.people.pop(employee_id, None)
        self.deleted.add(employee_id)


class Visitor:
    """One person at one browser."""

    def __init__(self, wire: Wire, ledger: Ledger) -> None:
        self._wire = wire
        self._ledger = ledger

    def move_to(self, app: Flask) -> None:
        """From now on a load balancer sends this browser to another machine."""
        assert isinstance(self._wire, InProcess)
        self._wire.move_to(app)

    def share_cookies_of(self, other: Visitor) -> None:
        """Two windows of one browser."""
        assert isinstance(self._wire, OverHttp)
        assert isinstance(other._wire, OverHttp)
        self._wire.cookies = other._wire.cookies

    def ask(
        self, method: str, address: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        began = time.monotonic()
        status, told, data = self._wire.send(method, address, body, headers or {})
        answer = Answer(method, address, status, told, data, time.monotonic() - began)
        self._ledger.answers.append(answer)
        return answer

    def get(self, address: str, status: int = 200) -> Answer:
        answer = self.ask("GET", address)
        assert answer.status == status, (address, answer.status, answer.text[:1500])
        return answer

    def form(self, address: str) -> Form:
        return self.get(address).form

    def send(
        self,
        form: Form,
        status: int = 303,
        *,
        photo: IO[bytes] | bytes | None = None,
        file_name: str = "photo.jpg",
        becomes: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Press the button. ``becomes`` tells the ledger what of it will read otherwise."""
        answer = self.ask_to_save(form, photo=photo, file_name=file_name, becomes=becomes)
        assert answer.status == status, (form.action, answer.status, answer.text[:6000])
        return answer

    def ask_to_save(
        self,
        form: Form,
        *,
        photo: IO[bytes] | bytes | None = None,
        file_name: str = "photo.jpg",
        becomes: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Press the button, whatever comes back. Whoever deletes somebody types the name first."""
        if "typed_name" in form.fields:
            form = form.typed(typed_name=form.fields["shown_name"])
        answer = self.ask("POST", form.action, *_encoded(form, photo, file_name))
        if answer.status == 303:
            self._note(form, answer, becomes or {}, bool(photo))
        return answer

    def save(
        self, form: Form, *, photo: IO[bytes] | bytes | None = None, **typed: str | list[str]
    ) -> str:
        """Type, save, and give back the id of who was saved."""
        return employee_id_in(self.send(form.typed(**typed), photo=photo))

    def add(self, *, photo: IO[bytes] | bytes | None = None, **typed: str | list[str]) -> str:
        """Add Ada, or someone who differs from her in this."""
        return self.save(self.form("/add"), photo=photo, **{**ADA, **typed})

    def delete(self, employee_id: str) -> Answer:
        return self.send(self.form(f"/delete/{employee_id}"))

    def names(self, address: str = "/") -> list[str]:
        """The names that a list shows, all pages of it."""
        return [name for page in self.pages(address) for name in page.names()]

    def pages(self, address: str = "/") -> Iterator[Page]:
        while address:
            page = self.get(address).page
            yield page
            further = page.all("a", rel="next")
            address = further[0].get("href", "") if further else ""

    def _note(self, form: Form, answer: Answer, becomes: Mapping[str, Any], photo: bool) -> None:
        if form.action.startswith("/delete"):
            self._ledger.forget(id_in(form.action))
        elif form.action.startswith(("/add", "/edit")):
            self._ledger.note(form, employee_id_in(answer), becomes, photo)


def employee_id_in(answer: Answer) -> str:
    """Who was saved, as the redirect tells."""
    place = answer.location
    assert place.startswith("/employee"), place
    return id_in(place)


def id_in(address: str) -> str:
    """Whose address it is, in either form."""
    path, _, key = address.partition("?key=")
    if key:
        return base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)).decode()
    return unquote(path.split("/", 2)[2])


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """Do all this at the same time; what each gave back, in their order."""
    barrier = Barrier(len(actions))

    def run(action: Callable[[], Any]) -> Any:
        barrier.wait(60)
        return action()

    with ThreadPoolExecutor(len(actions)) as pool:
        return [one.result() for one in [pool.submit(run, action) for action in actions]]


def _encoded(
    form: Form, photo: IO[bytes] | bytes | None, file_name: str
) -> tuple[bytes, dict[str, str]]:
    data: MultiDict[str, Any] = MultiDict(
        [(name, value) for name, values in form.fields.items() for value in values]
    )
    if photo is not None:
        content = photo if isinstance(photo, bytes) else photo.read()
        data.add("photo", _file(content, file_name))
    boundary, body = encode_multipart(data)
    return body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def _file(content: bytes, name: str) -> FileStorage:
    return FileStorage(BytesIO(content), filename=name, content_type="image/jpeg")


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
