"""The most frequent values of a facet."""

from collections.abc import Mapping


def most_frequent(counts: Mapping[str, int], limit: int) -> list[str]:
    """Return the most frequent values, in the order of the counts, without empty ones."""
    values = [value for value in counts if value]
    if len(values) <= limit:
        return values
    frequent = set(sorted(values, key=lambda value: -counts[value])[:limit])
    return [value for value in values if value in frequent]
