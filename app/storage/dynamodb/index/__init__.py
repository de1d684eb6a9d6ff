"""The index table: rows, manifests, counters, queries."""
