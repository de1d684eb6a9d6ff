"""Pages that download people."""
