"""The facets that have text values, and their most frequent values."""

from __future__ import annotations

from collections.abc import Mapping

TEXT_MENUS = (
    ("location", "Location", "locations"),
    ("department", "Department", "departments"),
    ("job_title", "Job title", "job_titles"),
)


def most_frequent(counts: Mapping[str, int], most: int) -> list[str]:
    """Return the most frequent values, in the order of the counts, without empty ones."""
    values = [value for value in counts if value]
    if len(values) <= most:
        return values
    kept = set(sorted(values, key=lambda value: -counts[value])[:most])
    return [value for value in values if value in kept]
