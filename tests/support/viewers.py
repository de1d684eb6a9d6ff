"""Viewers of tests."""

from flask import Flask, g

from app.access.viewer import Origin, Role, Viewer, operator
from app.web.http import route_rights

OPERATOR = operator("tests")


def viewer(role: Role, person_id: str = "", name: str = "Ana") -> Viewer:
    """Somebody who is signed in, with this role."""
    return Viewer(role=role, origin=Origin.SESSION, account_id="a1", name=name, person_id=person_id)


def request_as(app: Flask, who: Viewer) -> None:
    """Let every request of this application be of this viewer from now on."""
    functions = app.before_request_funcs[None]
    functions[:] = [each for each in functions if each.__name__ != "identify_for_test"]

    def identify_for_test() -> None:
        g.viewer = who

    functions.insert(functions.index(route_rights._check), identify_for_test)
