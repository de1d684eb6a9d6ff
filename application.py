"""The WSGI entry: ``flask run`` and ``gunicorn application:application`` both start here."""

import os

import click

from app import create_app, load_settings, make_ready, tell_of_settings
from app.runtime.gc_tuning import tune

application = create_app(load_settings(os.environ))
make_ready(application)
tune()
command = click.get_current_context(silent=True)
if command is None or command.info_name == "run":
    tell_of_settings(application)
if command and command.info_name == "run":
    application.extensions["sign_in"].setup_link.announce()  # gunicorn.conf.py does it for others
