"""Coming back: what a backup of AWS gives is a bare table, and the directory goes on from it."""
