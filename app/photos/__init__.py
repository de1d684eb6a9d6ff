"""Check, convert and name photos."""
