"""EmployeeStore and PhotoStore: the promises that every backend keeps.

The docstrings are the specification; ``tests/contracts`` holds every backend to them.
"""

from app.contracts.answers import Batch, Deletion, Namesake, Progress, RecordCount
from app.contracts.counts import MAX_COUNTED_MATCHES, Facets, Matches
from app.contracts.employees import EmployeeStore
from app.contracts.photos import PhotoFile, PhotoLink, PhotoStore
from app.contracts.queries import (
    MAX_BATCH,
    MAX_DELETE_BATCH,
    MAX_LEAVERS_AT_ONCE,
    MAX_NAMESAKES,
    MAX_ROWS_EXAMINED,
    MAX_VOCABULARY,
    PAGE_SIZE,
    Page,
    Query,
)

__all__ = [
    "MAX_BATCH",
    "MAX_COUNTED_MATCHES",
    "MAX_DELETE_BATCH",
    "MAX_LEAVERS_AT_ONCE",
    "MAX_NAMESAKES",
    "MAX_ROWS_EXAMINED",
    "MAX_VOCABULARY",
    "PAGE_SIZE",
    "Batch",
    "Deletion",
    "EmployeeStore",
    "Facets",
    "Matches",
    "Namesake",
    "Page",
    "PhotoFile",
    "PhotoLink",
    "PhotoStore",
    "Progress",
    "Query",
    "RecordCount",
]
