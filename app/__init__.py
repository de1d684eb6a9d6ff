"""The employee directory; create_app wires settings, stores, directory and web together."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path
from threading import Event

from flask import Flask
from jinja2 import StrictUndefined

from app.console import Console
from app.directory import Directory
from app.doctor import Doctor
from app.doctor.checkup import all_checks
from app.errors import StorageUnavailable
from app.import_process import open_importer, run_process
from app.import_watch import ImportWatch
from app.imports.importer import Importer
from app.request_log import log_as_json
from app.secret_key import SecretKeys
from app.settings import Settings
from app.storage import Stores, open_stores

log = logging.getLogger(__name__)
_ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: Settings | None = None, stores: Stores | None = None) -> Flask:
    """The application for these settings (from the environment unless given).

    Raises SettingsError for a value that nobody can understand, and nothing else: what is missing
    or does not answer is explained by the pages.
    """
    # Imported here, so that importing one module of the package does not load the whole of it.
    from app import commands, web

    settings = settings or Settings.from_env()
    log_as_json()
    own_stores = stores is None
    stores = stores or open_stores(settings)
    app = Flask(
        __name__,
        template_folder=str(_ROOT / "templates"),
        static_folder=None,
        instance_path=str(settings.instance_folder),
    )
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    app.extensions["settings"] = settings
    directory = Directory(stores.employees, stores.photos, stores.photos_off_because)
    keys = SecretKeys(settings, stores.employees)
    console = Console(settings, stores.heartbeats, lambda: keys.get()[0])
    app.extensions["directory"] = directory
    app.extensions["secret_keys"] = keys
    app.extensions["console"] = console
    app.extensions["doctor"] = Doctor(
        lambda: all_checks(settings, directory, console, keys, stores.open_checks())
    )
    importer = open_importer(settings, stores)
    work = partial(run_process, settings) if own_stores else partial(_work_here, importer)
    app.extensions["importer"] = importer
    app.extensions["import_watch"] = ImportWatch(
        importer, console.folder, work, outlives_the_program=own_stores
    )
    _make_ready(settings, stores)
    web.register(app)
    commands.register(app)
    return app


def _work_here(importer: Importer, job_id: str) -> None:
    """Stores that were handed over may live in this process only."""
    for _ in importer.work(job_id, Event()):
        pass


def _make_ready(settings: Settings, stores: Stores) -> None:
    """Bring a database of our own up to date; ``flask setup`` makes tables in DynamoDB."""
    if settings.dynamo_mode:
        return
    try:
        for sentence in stores.employees.set_up():
            log.info(sentence)
    except StorageUnavailable as error:
        log.warning("the database cannot be used: %s", error)
