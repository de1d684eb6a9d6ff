"""Imports: reading, planning, doing, undoing, on every store, by pages and by the command."""
