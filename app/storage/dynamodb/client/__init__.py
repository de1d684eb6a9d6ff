"""Calls to DynamoDB: retries, failures, tables, pagination, batch writes."""
