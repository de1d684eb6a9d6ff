"""What changed: one change, its author and the way it came, how changes add up, and undo."""
