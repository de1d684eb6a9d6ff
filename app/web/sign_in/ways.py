"""The providers at which people can sign in, besides accounts of the directory itself."""

from typing import Protocol, cast

from flask import Flask, Response, current_app

from app.model.errors import DirectoryError

_EXTENSION = "sign_in_ways"


class ProviderUnavailable(DirectoryError):
    """The provider does not answer, or not as a provider does, so nobody can sign in there now.

    ``label`` is the name that people know it by.
    """

    def __init__(self, label: str) -> None:
        super().__init__(f"{label} is not answering")
        self.label = label


class Way(Protocol):
    """A provider: ``key`` names it in addresses, ``label`` on its button, such as Okta."""

    key: str
    label: str

    def begin(self, next_path: str) -> Response:
        """Send the browser to the provider, from where it returns, signed in, to this path of ours.

        Raises ProviderUnavailable. Nothing is stored for somebody who never comes back.
        """


def add_way(app: Flask, way: Way) -> None:
    """Offer this provider on the page of signing in, after those that were added before."""
    app.extensions.setdefault(_EXTENSION, []).append(way)


def ways() -> tuple[Way, ...]:
    """Return the providers of the current application."""
    return tuple(cast("list[Way]", current_app.extensions.get(_EXTENSION, ())))
