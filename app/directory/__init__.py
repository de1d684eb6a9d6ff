"""The directory: the operations that pages and commands call."""
