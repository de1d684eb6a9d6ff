"""Employees in DynamoDB: a table of records, and a table of index rows (see index/rows.py)."""

from app.storage.dynamodb.accounts.store import DynamoAccounts
from app.storage.dynamodb.heartbeats import DynamoHeartbeats
from app.storage.dynamodb.history.store import DynamoHistory
from app.storage.dynamodb.jobs import DynamoJobs
from app.storage.dynamodb.store import DynamoStore, open_dynamodb_store

__all__ = [
    "DynamoAccounts",
    "DynamoHeartbeats",
    "DynamoHistory",
    "DynamoJobs",
    "DynamoStore",
    "open_dynamodb_store",
]
