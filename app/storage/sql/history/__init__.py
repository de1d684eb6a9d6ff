"""The changes of all people and the audit log, in tables of the same database."""
