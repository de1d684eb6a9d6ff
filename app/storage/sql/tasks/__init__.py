"""Tasks on many records: bulk add, delete and read, and reindex."""
