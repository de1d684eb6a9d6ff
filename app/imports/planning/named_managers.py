"""Whom a file names as managers: by id, email, employee number, or a name that one person has.

They may be here already, or be added or changed by any row of the same file.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.contracts import EmployeeStore
from app.contracts.batching import find_by_emails, find_by_ids, find_by_names, find_by_numbers
from app.imports.planning.lines import ADDED, CHANGED, RESTORED, Line
from app.text.contact_values import email_address
from app.text.search_keys import email_key, name_key, number_key

# Of candidates for one name, and of the names in a message.
_MAX_CANDIDATES = 6
_MAX_NAMED_CHARACTERS = 60
# A name of a directory of accounts, whose first part is that of the person.
_DISTINGUISHED = re.compile(r"\s*CN=((?:[^,\\]|\\.)+),", re.IGNORECASE)
_SEVERAL = "Several people are “{}”: {}. Enter the email or the id of one of them"
_WRITTEN = (ADDED, CHANGED, RESTORED)


class Person(NamedTuple):
    """Somebody who may be meant."""

    id: str
    name: str
    email: str = ""

    @property
    def label(self) -> str:
        """Return what tells them from others."""
        return f"{self.name[:_MAX_NAMED_CHARACTERS]} ({(self.email or self.id)[:80]})"


class Found(NamedTuple):
    """The manager whom a text means; nobody at all, or a problem where it may mean several."""

    id: str = ""
    problem: str = ""


_NOBODY = Found()


class NamedManagers:
    """The texts in the column of managers of one file; ``find`` works when ``ask`` was called."""

    def __init__(self, texts: Iterable[str]) -> None:
        # Of each key only the hash, as every row may name somebody else whom nobody knows.
        self._keys = {hash(key) for text in texts for key in _all_keys_of(text)}
        self._people: dict[str, dict[str, Person]] = defaultdict(dict)

    def note(self, line: Line) -> None:
        """Note who is added or changed by a row, if a text may mean them."""
        if line.outcome not in _WRITTEN:
            return
        values = {name: str(line.new.get(name, "")) for name in ("email", "employee_number")}
        person = Person(line.id, line.name, values["email"])
        keys = [f"id {line.id}"]
        if values["email"]:
            keys.append(f"mail {email_key(values['email'])}")
        if values["employee_number"]:
            keys.append(f"number {number_key(values['employee_number'])}")
        if line.outcome == ADDED or "full_name" in line.new:
            keys.append(f"name {name_key(line.name)}")
        for key in keys:
            self._add(key, person)

    def ask(self, store: EmployeeStore, texts: list[str]) -> None:
        """Look some of the texts up among the people who are here."""
        plain = [_plain(text) for text in texts]
        marks = [mark for _, mark in map(_labelled, texts) if mark]
        stored = find_by_ids(store, [*texts, *marks])
        by_email = find_by_emails(store, [text for text in (*plain, *marks) if "@" in text])
        by_number = find_by_numbers(store, filter(number_key, (*plain, *marks)))
        found = [one for ids in (*by_email.values(), *by_number.values()) for one in ids]
        people = {
            one.id: Person(one.id, one.full_name, one.email)
            for one in (find_by_ids(store, found) | stored).values()
        }
        for one in stored:
            self._add(f"id {one}", people[one])
        for kind, by_key in (("mail", by_email), ("number", by_number)):
            for key, ids in by_key.items():
                for one in ids:
                    if one in people:
                        self._add(f"{kind} {key}", people[one])
        names = [name for text in plain for name in _names_of(text) if name_key(name)]
        for key, namesakes in find_by_names(store, names).items():
            for namesake in namesakes:
                self._add(f"name {key}", Person(namesake.id, namesake.full_name))

    def find(self, text: str) -> Found:
        """Return the manager whom a text means: an id goes before an email, a name comes last."""
        for key in _keys_of(text):
            if people := self._people.get(key):
                if len(people) == 1:
                    return Found(next(iter(people)))
                labels = ", ".join(person.label for person in people.values())
                return Found(problem=_SEVERAL.format(text[:_MAX_NAMED_CHARACTERS], labels))
        return self._find_labelled(text)

    def _find_labelled(self, text: str) -> Found:
        """Return who has both the name and what is in brackets after it."""
        name, mark = _labelled(text)
        names = {name_key(one) for one in _names_of(name)}
        for key in _exact_keys_of(mark) if mark else ():
            found = self._people.get(key, {}).values()
            people = [person for person in found if name_key(person.name) in names]
            if len(people) == 1:
                return Found(people[0].id)
        return _NOBODY

    def _add(self, key: str, person: Person) -> None:
        if hash(key) in self._keys and len(self._people[key]) < _MAX_CANDIDATES:
            self._people[key].setdefault(person.id, person)


def find_manager(store: EmployeeStore, text: str) -> Found:
    """Return the manager whom a text means among the people who are here."""
    named = NamedManagers([text])
    named.ask(store, [text])
    return named.find(text)


def _plain(text: str) -> str:
    """Return an address or a name without what programs put around it."""
    match = _DISTINGUISHED.match(text)
    text = match[1].replace("\\", "") if match else text
    return email_address(text) if "@" in text else text


def _labelled(text: str) -> tuple[str, str]:
    """Return the name and what is in brackets after it, as in ``Ada Lovelace (FJ-1000)``."""
    name, _, mark = text.rstrip().removesuffix(")").rpartition("(")
    return (name.strip(), mark.strip()) if text.rstrip().endswith(")") else ("", "")


def _all_keys_of(text: str) -> Iterator[str]:
    yield from _keys_of(text)
    if mark := _labelled(text)[1]:
        yield from _exact_keys_of(mark)


def _keys_of(text: str) -> Iterator[str]:
    yield from _exact_keys_of(text)
    for name in _names_of(_plain(text)):
        yield f"name {name_key(name)}"


def _exact_keys_of(text: str) -> Iterator[str]:
    plain = _plain(text)
    yield f"id {text}"
    if "@" in plain:
        yield f"mail {email_key(plain)}"
    yield f"number {number_key(plain)}"


def _names_of(plain: str) -> Iterator[str]:
    """Yield a text as a name, and with the first name first."""
    yield plain
    last, comma, first = plain.partition(",")
    if comma and "," not in first:
        yield f"{first.strip()} {last.strip()}"
