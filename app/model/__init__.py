"""An employee: its fields, its rules, its errors."""
