"""An application of a test's own: nothing configured, everything in its folder."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from app import create_app
from app.settings import Settings
from app.storage import Stores


def small_app(folder: Path, stores: Stores | None = None, **env: str) -> Flask:
    """The application as on a laptop, with what ``env`` adds to its settings."""
    settings = Settings.from_env({"INSTANCE_FOLDER": str(folder), **env})
    app = create_app(settings, stores)
    app.testing = False  # errors become pages, as for people
    return app
