"""What the views of this application reach for: its directory, imports, settings, console
and doctor."""

from __future__ import annotations

from typing import cast

from flask import current_app

from app.diagnostics import Doctor
from app.directory.service import Directory
from app.imports.importer import Importer
from app.machine import Console
from app.settings import Settings


def current_directory() -> Directory:
    """The directory of the application that handles this request."""
    return cast(Directory, current_app.extensions["directory"])


def current_importer() -> Importer:
    """The imports of the application that handles this request."""
    return cast(Importer, current_app.extensions["importer"])


def current_settings() -> Settings:
    """The settings of the application that handles this request."""
    return cast(Settings, current_app.extensions["settings"])


def current_console() -> Console:
    """The console of the application that handles this request."""
    return cast(Console, current_app.extensions["console"])


def current_doctor() -> Doctor:
    """The doctor of the application that handles this request."""
    return cast(Doctor, current_app.extensions["doctor"])
