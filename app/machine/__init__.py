"""The console: this machine and its load, and the heartbeats by which the others are seen."""

from app.machine.console import Console

__all__ = ["Console"]
