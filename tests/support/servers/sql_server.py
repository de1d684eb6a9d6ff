"""A real SQL server of our own: where it listens, and new databases in it, one for each test."""

import itertools
import os
from dataclasses import dataclass

from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

# Every sign that must be quoted in an address.
PASSWORD = "p@ss/w:rd %#?"
_NUMBERS = itertools.count()


@dataclass(frozen=True)
class SqlServer:
    """One server; ``address`` names a database that is always there."""

    address: URL

    @property
    def url(self) -> str:
        """The address of the first database, as a person would write it."""
        return self.address.render_as_string(hide_password=False)

    def make_database(self) -> str:
        """The address of a new, empty database."""
        name = f"directory_{os.getpid()}_{next(_NUMBERS)}"
        self.run(f"CREATE DATABASE {name}")
        return self.address.set(database=name).render_as_string(hide_password=False)

    def drop_database(self, url: str) -> None:
        """Remove a database, with whoever is still in it."""
        force = " WITH (FORCE)" if self.address.drivername.startswith("postgresql") else ""
        self.run(f"DROP DATABASE {make_url(url).database}{force}")

    def run(self, statement: str) -> None:
        """Run a statement in the first database, outside of any transaction."""
        engine = create_engine(self.address, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def answers(self) -> bool:
        """Whether it lets us in."""
        try:
            self.run("SELECT 1")
        except OperationalError:
            return False
        return True
