"""Find out who makes a request, before anything else is done with it."""

from flask import Flask, g

from app.access.viewer import ANYBODY_IN_OPEN_MODE


def register(app: Flask) -> None:
    """Give every request of this application its viewer."""
    app.before_request(_identify)


def _identify() -> None:
    g.viewer = ANYBODY_IN_OPEN_MODE
