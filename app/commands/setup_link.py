"""Define ``flask setup-link``: print the link that claims a new directory."""

import click

from app.commands.running import current_operator, current_sign_in, report_errors
from app.model.errors import DirectoryError


@click.command("setup-link")
@click.option("--anew", is_flag=True, help="Make the links that were printed before useless.")
@report_errors
def setup_link(anew: bool) -> None:
    """Print the setup link: whoever opens it first becomes the administrator.

    It is valid until there is one, and the same on every machine.
    """
    link = current_sign_in().setup_link
    if anew and link.is_of_setting:
        raise DirectoryError("The code is that of SETUP_CODE. Change the setting, then restart.")
    address = link.renew(by=current_operator()) if anew else link.address()
    if address.startswith("/"):
        click.echo("Open this at the address of the directory:", err=True)
    click.echo(address)
