"""DynamoDB under the contract: on DynamoDB Local, and a short part of it on moto.

moto copies its tables at every transaction and is not thread-safe; neither reports conflicts.
"""

import functools
import itertools
import os
from collections import defaultdict
from dataclasses import replace
from typing import Any, ClassVar

import boto3
from botocore.config import Config
from moto import mock_aws

from app.model.employee import Employee
from app.settings import Settings
from app.storage.dynamodb import DynamoAccounts, DynamoHistory, DynamoStore, open_dynamodb_store
from app.storage.dynamodb.records.codec import new_record
from app.storage.dynamodb.reports import DynamoReports
from app.text.person_names import SortBy
from tests.support.stores import quick_moto

_ROOMS = itertools.count()
# So many items go sooner one by one than by a table that is dropped and made anew.
_FEW = 500
quick_moto.copy_no_items()
quick_moto.sort_plain_keys()
quick_moto.look_names_up_once()


def settings_for(table: str) -> Settings:
    return Settings.from_env(
        {"DYNAMO_MODE": "on", "DYNAMO_TABLE": table, "AWS_DEFAULT_REGION": "us-west-2"}
    )


@functools.cache
def client_of(endpoint: str | None) -> Any:
    """The one client of an endpoint: many threads and rooms may share it."""
    client = boto3.client("dynamodb", endpoint_url=endpoint, config=Config(max_pool_connections=20))
    client.list_tables(Limit=1)  # the first answer of a server takes its time
    return client


class DynamoRoom:
    """Two tables of the test's own on one endpoint; the store may reach it through a proxy."""

    def __init__(self, endpoint: str | None, *, through: str | None = None) -> None:
        if endpoint:  # what is set here ends with the test: conftest.py
            os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = through or endpoint
        self.settings = settings_for(f"Employees-{os.getpid()}-{next(_ROOMS)}")
        self.client = client_of(endpoint)
        self.store = self.open_another()
        self.store.set_up()

    @property
    def people(self) -> str:
        return self.settings.dynamo_table

    @property
    def index(self) -> str:
        return self.settings.index_table

    def open_another(self, sort_by: SortBy = SortBy.GIVEN) -> DynamoStore:
        return open_dynamodb_store(replace(self.settings, sort_by=sort_by))

    def open_accounts(self) -> DynamoAccounts:
        store = self.open_another()
        return DynamoAccounts(store.calls, store.tables)

    def open_history(self) -> DynamoHistory:
        store = self.open_another()
        return DynamoHistory(store.calls, store.tables)

    def open_reports(self) -> DynamoReports:
        return self.open_another().reports

    def put_item(self, item: dict[str, Any]) -> None:
        """Put a record as the course's app or a person at the console does."""
        self.client.put_item(TableName=self.people, Item=item)

    def item(self, employee_id: str) -> dict[str, Any] | None:
        """The record, raw."""
        key = {"id": {"S": employee_id}}
        found = self.client.get_item(TableName=self.people, Key=key, ConsistentRead=True)
        raw: dict[str, Any] | None = found.get("Item")
        return raw

    def items(self, table: str) -> list[dict[str, Any]]:
        """Everything in a table, raw."""
        pages = self.client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return [item for page in pages for item in page["Items"]]

    def change_outside(self, employee_id: str, field: str, text: str) -> None:
        self.client.update_item(
            TableName=self.people,
            Key={"id": {"S": employee_id}},
            UpdateExpression="SET #f = :t",
            ExpressionAttributeNames={"#f": field},
            ExpressionAttributeValues={":t": {"S": text}},
        )

    def put_outside(self, employee: Employee) -> None:
        item = new_record(employee, "", "")
        for ours in ("version", "ix", "updated_at"):
            del item[ours]
        self.put_item(item)

    def delete_outside(self, employee_id: str) -> None:
        self.client.delete_item(TableName=self.people, Key={"id": {"S": employee_id}})

    def close(self) -> None:
        for table in (self.people, self.index):
            self.client.update_table(TableName=table, DeletionProtectionEnabled=False)
            self.client.delete_table(TableName=table)


class UsedRoom(DynamoRoom):
    """Tables used by one test after the other: emptied is quicker than made."""

    _free: ClassVar[defaultdict[str | None, list[DynamoRoom]]] = defaultdict(list)

    def __init__(self, endpoint: str | None, *, through: str | None = None) -> None:
        self._endpoint = endpoint
        free = self._free[endpoint]
        found = free.pop() if free else None
        if found is None or found.people not in found.client.list_tables()["TableNames"]:
            super().__init__(endpoint, through=through)
            return
        if endpoint:
            os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = through or endpoint
        self.settings, self.client = found.settings, found.client
        self.store = self.open_another()

    def close(self) -> None:
        if self._is_emptied():
            self._free[self._endpoint].append(self)
        else:
            super().close()

    def _is_emptied(self) -> bool:
        """Take out what the test put in, unless that is much."""
        for table, key in ((self.people, ("id",)), (self.index, ("view", "at"))):
            items = self.items(table)
            if len(items) > _FEW:
                return False
            keys = [{name: item[name] for name in key} for item in items]
            gone = [{"DeleteRequest": {"Key": each}} for each in keys]
            for at in range(0, len(gone), 25):
                self.client.batch_write_item(RequestItems={table: gone[at : at + 25]})
        return True


class MotoRoom(UsedRoom):
    """The same on moto, in this process."""

    def __init__(self) -> None:
        self._mock = mock_aws()
        self._mock.start(reset=False)
        super().__init__(None)

    def close(self) -> None:
        super().close()
        self._mock.stop(remove_data=False)

    def _is_emptied(self) -> bool:
        for table in (self.people, self.index):
            quick_moto.clear(table, self.settings.region)
        return True
