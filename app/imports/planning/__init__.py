"""Work out what an import would do, row by row."""
