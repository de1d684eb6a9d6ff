"""The names of the fields of a job as they are stored."""

# Jobs are stored for thirty days, so stored JSON keeps the names of earlier releases.
STORED_AS = {
    "auto_apply": "go",
    "paused": "stopped",
    "lease_holder": "holder",
    "lease_until": "held_until",
    "attempts": "tries",
    "error": "trouble",
    "source_description": "words",
    "ignored_columns": "left_out",
    "ignored_sheets": "sheets_left_out",
    "added_ahead": "ahead",
    "buffered": "sorting",
}
