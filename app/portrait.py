"""An uploaded file becomes a small upright image in two sizes, or PhotoRejected."""
