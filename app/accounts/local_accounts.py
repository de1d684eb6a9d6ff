"""Whether the directory has accounts of its own, beside those of a provider."""

from app.contracts.accounts import AccountStore
from app.model.errors import StorageUnavailable
from app.runtime.ttl import TtlValue

MAX_AGE_SECONDS = 3.0


class LocalAccounts:
    """Accounts that sign in with an email and a password."""

    def __init__(self, store: AccountStore) -> None:
        self._store = store
        self._exist: TtlValue[bool] = TtlValue(MAX_AGE_SECONDS)

    def exist(self) -> bool:
        """Return whether there is one that is not disabled.

        The answer may be MAX_AGE_SECONDS old, and is the last one while the store does not answer.
        Raises StorageUnavailable if none is known.
        """
        return self._exist.get(self._look)

    def expire(self) -> None:
        """Look again at the next call, since an account was added."""
        self._exist.expire()

    def _look(self, last: bool | None) -> bool:
        try:
            return self._store.has_local()
        except StorageUnavailable:
            if last is None:
                raise
            return last
