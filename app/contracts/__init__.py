"""EmployeeStore and PhotoStore: the promises that every backend keeps.

The docstrings are the specification; ``tests/contracts`` holds every backend to them.
"""

from app.contracts.employees import EmployeeStore
from app.contracts.photos import PhotoFile, PhotoLink, PhotoStore
from app.contracts.queries import (
    MOST_AT_ONCE,
    MOST_DELETED_AT_ONCE,
    MOST_EXAMINED,
    MOST_KNOWN_WORDS,
    PAGE_SIZE,
    Batch,
    Deletion,
    Facets,
    Page,
    Progress,
    Query,
)

__all__ = [
    "MOST_AT_ONCE",
    "MOST_DELETED_AT_ONCE",
    "MOST_EXAMINED",
    "MOST_KNOWN_WORDS",
    "PAGE_SIZE",
    "Batch",
    "Deletion",
    "EmployeeStore",
    "Facets",
    "Page",
    "PhotoFile",
    "PhotoLink",
    "PhotoStore",
    "Progress",
    "Query",
]
