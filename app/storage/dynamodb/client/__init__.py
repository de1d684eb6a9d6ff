"""Calls to DynamoDB: retries, failures, tables, pages."""
