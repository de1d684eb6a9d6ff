"""Employees: fields, validation, revisions and errors, as plain data and rules."""
