"""Viewers of tests."""

from app.access.viewer import Origin, Role, Viewer, operator

OPERATOR = operator("tests")


def viewer(role: Role, person_id: str = "", name: str = "Ana") -> Viewer:
    """Somebody who is signed in, with this role."""
    return Viewer(role=role, origin=Origin.SESSION, account_id="a1", name=name, person_id=person_id)
