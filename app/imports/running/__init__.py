"""Carry an import out, resume it, undo it."""
