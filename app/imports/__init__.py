"""Imports: a file of people is read, compared with the directory, carried out, and undone."""
