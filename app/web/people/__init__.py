"""The list and the pages of a person."""
