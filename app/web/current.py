"""What the views of this application reach for: its directory and its settings."""

from __future__ import annotations

from typing import cast

from flask import current_app

from app.directory import Directory
from app.settings import Settings


def current_directory() -> Directory:
    """The directory of the application that handles this request."""
    return cast(Directory, current_app.extensions["directory"])


def current_settings() -> Settings:
    """The settings of the application that handles this request."""
    return cast(Settings, current_app.extensions["settings"])
