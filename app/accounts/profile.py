"""Profile: what a provider tells of somebody who signs in."""

from typing import NamedTuple


class Profile(NamedTuple):
    """Plain values of one line; ``groups`` are in the order of their names.

    ``email_is_proven``: the provider vouches that the email belongs to who signs in.
    """

    name: str
    email: str = ""
    email_is_proven: bool = False
    groups: tuple[str, ...] = ()
