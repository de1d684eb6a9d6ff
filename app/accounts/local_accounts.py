"""Whether the directory has accounts of its own, beside those of a provider."""

from app.contracts.accounts import AccountStore
from app.runtime.ttl import TtlValue

_MAX_AGE_SECONDS = 60.0


class LocalAccounts:
    """Accounts that sign in with an email and a password."""

    def __init__(self, store: AccountStore) -> None:
        self._store = store
        self._exist: TtlValue[bool] = TtlValue(_MAX_AGE_SECONDS)

    def exist(self) -> bool:
        """Return whether there is one that is not disabled.

        The answer may be a minute old. Raises StorageUnavailable if none is known.
        """
        return self._exist.get(lambda last: self._store.has_local())

    def expire(self) -> None:
        """Look again at the next call, since an account was added."""
        self._exist.expire()
