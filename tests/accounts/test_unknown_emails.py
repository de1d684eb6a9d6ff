"""Emails that no account has are locked like any other, in all processes."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from app.accounts.unknown_emails import Failures, UnknownEmails

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_an_email_is_known_by_its_failures_and_no_other() -> None:
    emails = UnknownEmails()
    assert emails.get("ana@example.com") == Failures()
    emails.put("ana@example.com", 5, NOON)
    assert emails.get("ana@example.com") == Failures(5, NOON)
    assert emails.get("bo@example.com") == Failures()


def test_another_process_counts_on() -> None:
    emails = UnknownEmails()
    emails.put("ana@example.com", 3, NOON)
    child = os.fork()
    if not child:
        emails.put("ana@example.com", emails.get("ana@example.com").number + 1, NOON)
        os._exit(0)
    os.waitpid(child, 0)
    assert emails.get("ana@example.com") == Failures(4, NOON)


def test_of_two_with_the_same_place_the_later_one_is_known() -> None:
    emails = UnknownEmails(places=1)
    emails.put("ana@example.com", 5, NOON)
    emails.put("bo\ud800@example.com", 2, NOON)
    assert emails.get("ana@example.com") == Failures()
    assert emails.get("bo\ud800@example.com").number == 2
