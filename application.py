"""The WSGI entry: ``flask run`` and ``gunicorn application:application`` both start here."""

import sys

import click

from app import create_app
from app.model.errors import SettingsError
from app.runtime.gc_tuning import tune

try:
    application = create_app()
except SettingsError as error:
    sys.stderr.write(f"The directory could not start. {error}\n")
    # gunicorn takes 3 for "do not try again"; any other code would be restarted for ever.
    sys.exit(3)

tune()
if (command := click.get_current_context(silent=True)) and command.info_name == "run":
    application.extensions["sign_in"].setup_link.announce()  # gunicorn.conf.py does it for others
