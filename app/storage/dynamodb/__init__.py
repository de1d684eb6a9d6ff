"""Employees in DynamoDB: one table of records, one of index rows (see rows.py and transit.py)."""

from app.storage.dynamodb.heartbeats import DynamoHeartbeats
from app.storage.dynamodb.jobs import DynamoJobs
from app.storage.dynamodb.store import DynamoStore, open_dynamodb_store

__all__ = ["DynamoHeartbeats", "DynamoJobs", "DynamoStore", "open_dynamodb_store"]
