"""What changed: the history of a person, the undo of a change, and the audit log."""
