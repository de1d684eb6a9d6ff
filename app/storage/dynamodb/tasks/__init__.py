"""Long work on a whole table: bulk writes, reindex, follow."""
