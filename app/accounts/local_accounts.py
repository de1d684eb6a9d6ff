"""Whether the directory has accounts of its own, beside those of a provider."""

from app.contracts.accounts import AccountStore
from app.runtime.ttl import TtlValue

_MAX_AGE_SECONDS = 60.0
_MAX_PAGES = 4


class LocalAccounts:
    """Accounts that sign in with an email and a password."""

    def __init__(self, store: AccountStore) -> None:
        self._store = store
        self._exist: TtlValue[bool] = TtlValue(_MAX_AGE_SECONDS)

    def exist(self) -> bool:
        """Return whether there is one: who claimed the directory, or one of the first 200 by name.

        The answer may be a minute old. Raises StorageUnavailable if none is known.
        """
        return self._exist.get(lambda last: self._look())

    def expire(self) -> None:
        """Look again at the next call, since an account was added."""
        self._exist.expire()

    def _look(self) -> bool:
        owner = self._store.get(self._store.access_settings().claimed_by)
        if owner is not None and owner.identity is None and not owner.is_disabled:
            return True
        cursor: str | None = None
        for _ in range(_MAX_PAGES):
            page = self._store.list_accounts(cursor)
            if any(each.identity is None and not each.is_disabled for each in page.accounts):
                return True
            cursor = page.next
            if cursor is None:
                return False
        return False
