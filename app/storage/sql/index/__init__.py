"""The index tables: entries, counters, queries."""
