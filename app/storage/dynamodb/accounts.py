"""Accounts in the index table of DynamoDB; only the defaults of the settings so far."""

from app.contracts.accounts import AccessSettings
from app.storage.dynamodb.client.calls import Calls
from app.storage.dynamodb.client.tables import Tables


class DynamoAccounts:
    """An AccountStore in the index table of DynamoDB, which holds no account yet."""

    def __init__(self, calls: Calls, tables: Tables) -> None:
        self._calls = calls
        self._table = tables.index

    def access_settings(self) -> AccessSettings:
        """Return the defaults."""
        return AccessSettings()
