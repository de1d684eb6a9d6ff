"""SQLite, MySQL and PostgreSQL: connections, transactions and errors."""
