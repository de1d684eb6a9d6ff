"""The values of a facet that most employees have."""

from collections.abc import Mapping


def most_frequent(counts: Mapping[str, int], limit: int) -> list[str]:
    """Return the most frequent values, in the order of the counts, without empty ones."""
    values = [value for value in counts if value]
    if len(values) <= limit:
        return values
    frequent = set(sorted(values, key=lambda value: -counts[value])[:limit])
    return [value for value in values if value in frequent]


def commonest_first(counts: Mapping[str, int]) -> list[str]:
    """Return all values, the most frequent first, and equally frequent ones in their own order."""
    return sorted(counts, key=lambda value: -counts[value])
