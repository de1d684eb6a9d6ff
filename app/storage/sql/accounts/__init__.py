"""Accounts, sessions, invitations and the settings of access in an SQL database."""
