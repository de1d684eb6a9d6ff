"""SQLite, MySQL and PostgreSQL: connections and dialects."""
