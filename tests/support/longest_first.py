"""Tests on several workers begin with the files that take longest, so that none ends long after."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from tests.support.repository import ROOT

# Each takes more than 20 s, the longest first; of others the order does not matter.
LONGEST = (
    "deploy/test_boot.py",
    "acceptance/test_files_that_lie.py",
    "acceptance/test_soak.py",
    "acceptance/test_odd_records.py",
    "acceptance/test_store_hangs.py",
    "acceptance/test_faults.py",
    "browser/test_sign_in.py",
    "storage/dynamodb/accounts/test_accounts.py",
    "browser/test_console_pages.py",
    "acceptance/test_slow_clients.py",
    "browser/test_accessibility.py",
    "storage/dynamodb/client/test_faults.py",
    "storage/dynamodb/tasks/test_bulk_add.py",
    "deploy/test_locks.py",
    "imports/running/test_killed_import.py",
    "storage/dynamodb/test_together.py",
    "acceptance/test_machine_data.py",
    "acceptance/test_readiness.py",
    "acceptance/test_together.py",
    "storage/dynamodb/test_course_in_node.py",
    "storage/sql/engines/test_servers.py",
    "bench/test_bench.py",
    "storage/dynamodb/tasks/test_reindex.py",
    "acceptance/test_photo_memory.py",
    "storage/dynamodb/index/test_match_counts.py",
    "imports/test_import_process.py",
    "storage/aws/test_photos.py",
    "storage/dynamodb/tasks/test_reorder.py",
    "property/test_stores_agree.py",
)
_PLACES = {file: place for place, file in enumerate(LONGEST)}


def sort(items: list[pytest.Item]) -> None:
    """Put the tests of the longest files first, and leave the others in their order."""
    folder = ROOT / "tests"

    def place(item: pytest.Item) -> int:
        path = item.path
        name = PurePath(path.relative_to(folder)).as_posix() if folder in path.parents else ""
        return _PLACES.get(name, len(_PLACES))

    items.sort(key=place)
