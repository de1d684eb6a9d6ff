"""Define ``flask sample-data``."""

import click

from app.commands.additions import note_added
from app.commands.progress import progress
from app.commands.running import (
    current_counting,
    current_directory,
    current_operator,
    report_errors,
)
from app.samples.loading import THROUGH, load_samples
from app.text.plurals import count_of, count_people


@click.command("sample-data")
@click.option(
    "--people",
    type=click.IntRange(1, 1_000_000),
    default=60,
    show_default=True,
    help="How many people to add.",
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="The same seed gives the same people."
)
@report_errors
def sample_data(people: int, seed: int) -> None:
    """Add sample people, the first ones with drawn portraits. Nobody is added twice."""
    stored = 0
    with progress() as line:
        for stored in load_samples(
            current_directory(), current_operator(), people=people, seed=seed
        ):
            line.show(count_people(stored))
    note_added(stored, THROUGH)
    if stored:
        current_counting().request()
    existing = people - stored
    click.echo(
        f"Added {count_of(stored, 'sample person', 'sample people')}."
        + (f" Already here: {existing:,}." if existing else "")
    )
