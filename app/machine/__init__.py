"""The console: this machine, its load test, and the heartbeats of the other machines."""

from app.machine.console import Console

__all__ = ["Console"]
