"""Signing in: pages, OpenID Connect, the headers of a load balancer and of a proxy."""

from flask import Flask


def register(app: Flask) -> None:
    """Offer the ways of signing in that the settings name."""
    # Imported here, so that importing the package does nothing.
    from app.web.sign_in import headers

    headers.register(app)
