"""What becomes of the account that is linked to somebody who leaves or comes back."""

from typing import Protocol

from app.access.viewer import Viewer


class LinkedAccounts(Protocol):
    """The accounts of a directory, by the employee to whom each is linked.

    Whoever has no account is no error. Every method can be repeated, and raises StorageUnavailable.
    """

    def is_linked(self, employee_id: str) -> bool:
        """Return whether somebody has an account."""

    def check_leaving(self, employee_id: str) -> None:
        """Raise LastAdmin, with a sentence, if no other administrator would remain."""

    def leave(self, employee_id: str, last_day: str, *, by: Viewer) -> None:
        """Disable the account and end its sessions, at once or when the last day comes (UTC).

        One that an administrator has disabled stays as it is. Raises LastAdmin.
        """

    def come_back(self, employee_id: str, *, by: Viewer) -> bool:
        """Enable the account that ``leave`` disabled; return whether they can sign in now."""
