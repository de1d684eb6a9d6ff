"""The form of a person, its errors and its conflicts."""
