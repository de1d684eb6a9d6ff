"""Setting up the tables: what is made, said, and never changed; and the shared secret."""

from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest

from app.model.errors import StorageUnavailable
from app.storage.dynamodb import open_dynamodb_store
from tests.support.aws_errors import access_denied, throttled
from tests.support.stores.dynamodb_binding import DynamoRoom, MotoRoom, settings_for
from tests.support.stores.people import add, everyone, person

pytestmark = pytest.mark.slow


@pytest.fixture
def room(dynamodb_local):
    opened = DynamoRoom(dynamodb_local)
    yield opened
    opened.close()


@pytest.fixture
def moto():
    opened = MotoRoom()
    yield opened
    opened.close()


def table(room: DynamoRoom, name: str) -> dict[str, object]:
    return room.client.describe_table(TableName=name)["Table"]


def test_both_tables_are_made_with_the_keys_billing_and_protection_that_we_want(room):
    people, index = table(room, room.people), table(room, room.index)
    assert people["KeySchema"] == [{"AttributeName": "id", "KeyType": "HASH"}]
    assert [part["AttributeName"] for part in index["KeySchema"]] == ["view", "at"]
    for each in (people, index):
        assert each["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
        assert each["DeletionProtectionEnabled"]
    expiry = room.client.describe_time_to_live(TableName=room.index)["TimeToLiveDescription"]
    assert expiry["AttributeName"] == "ttl"


def test_a_service_without_backups_is_told_and_nothing_fails(room):
    sentences = room.store.set_up()
    assert f"Found the table {room.people}." in sentences
    assert any("has no point-in-time recovery" in sentence for sentence in sentences)


def test_backups_are_switched_on_once_where_the_service_has_them(moto):
    for name in (moto.people, moto.index):
        backups = moto.client.describe_continuous_backups(TableName=name)
        description = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        assert description["PointInTimeRecoveryStatus"] == "ENABLED"
    assert moto.store.set_up() == [
        f"Found the table {moto.people}.",
        f"Found the table {moto.index}.",
    ]


def test_what_is_there_keeps_its_billing_and_data(room, dynamodb_local):
    client = boto3.client("dynamodb", endpoint_url=dynamodb_local)
    settings = settings_for(f"{room.people}-course")
    client.create_table(
        TableName=settings.dynamo_table,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
    )
    client.put_item(TableName=settings.dynamo_table, Item={"id": {"S": "x"}, "odd": {"N": "1"}})
    sentences = open_dynamodb_store(settings).set_up()
    assert sentences[0] == f"Found the table {settings.dynamo_table}."
    found = client.describe_table(TableName=settings.dynamo_table)["Table"]
    assert found["ProvisionedThroughput"]["ReadCapacityUnits"] == 5
    assert client.scan(TableName=settings.dynamo_table)["Items"] == [
        {"id": {"S": "x"}, "odd": {"N": "1"}}
    ]
    client.close()


def test_a_table_with_another_key_is_named_in_plain_words(room, dynamodb_local):
    client = boto3.client("dynamodb", endpoint_url=dynamodb_local)
    settings = settings_for(f"{room.people}-wrong")
    client.create_table(
        TableName=settings.dynamo_table,
        AttributeDefinitions=[{"AttributeName": "name", "AttributeType": "N"}],
        KeySchema=[{"AttributeName": "name", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    store = open_dynamodb_store(settings)
    sentence = store.set_up()[0]
    assert "has the key name (number), but the directory needs id (string)" in sentence
    with pytest.raises(StorageUnavailable):
        store.get("x")
    client.close()


def test_what_may_not_be_switched_on_is_told_with_the_permission(
    room, dynamodb_local, fault_proxy, monkeypatch
):
    proxy = fault_proxy(dynamodb_local)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", proxy.endpoint)
    room.client.update_table(TableName=room.people, DeletionProtectionEnabled=False)
    proxy.on("UpdateTable").answer(access_denied())
    sentences = room.open_another().set_up()
    assert any("Could not turn on deletion protection" in each for each in sentences)
    assert any("dynamodb:UpdateTable" in each for each in sentences)


def test_a_table_that_may_not_be_made_is_unavailable_with_the_action(
    dynamodb_local, fault_proxy, monkeypatch
):
    proxy = fault_proxy(dynamodb_local)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", proxy.endpoint)
    proxy.on("CreateTable").answer(access_denied())
    with pytest.raises(StorageUnavailable) as refused:
        open_dynamodb_store(settings_for("Nowhere")).set_up()
    assert refused.value.action == "dynamodb:CreateTable"


def test_setting_up_lives_through_throttling(room, dynamodb_local, fault_proxy, monkeypatch):
    proxy = fault_proxy(dynamodb_local)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", proxy.endpoint)
    proxy.on("*").answer(throttled(), times=3)
    assert room.open_another().set_up()[0] == f"Found the table {room.people}."


def test_two_machines_may_set_up_at_once(dynamodb_local, room):
    settings = settings_for(f"{room.people}-twice")
    with ThreadPoolExecutor(2) as machines:
        stores = [open_dynamodb_store(settings) for _ in range(2)]
        list(machines.map(lambda store: store.set_up(), stores))
    add(stores[0], person("1"))
    assert len(everyone(stores[1])) == 1


def test_all_machines_share_the_secret_that_was_first(room):
    with ThreadPoolExecutor(8) as machines:
        stores = [room.open_another() for _ in range(8)]
        secrets = list(
            machines.map(lambda each: each[1].shared_secret(f"secret {each[0]}"), enumerate(stores))
        )
    assert len(set(secrets)) == 1
    assert room.store.shared_secret("late") == secrets[0]


def test_a_secret_whose_reply_was_lost_is_the_one_that_is_stored(
    room, dynamodb_local, fault_proxy, monkeypatch
):
    proxy = fault_proxy(dynamodb_local)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", proxy.endpoint)
    proxy.on("PutItem").lose_reply(times=1)
    assert room.open_another().shared_secret("ours") == "ours"
    assert room.store.shared_secret("other") == "ours"


def test_the_secret_is_in_no_list_and_survives_a_reindex(room):
    room.store.shared_secret("ours")
    list(room.store.reindex(force=True))
    assert everyone(room.store) == []
    assert room.store.shared_secret("other") == "ours"
