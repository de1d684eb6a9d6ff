"""What permissions a signed request to AWS needs, read from the request itself."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import html5lib
from botocore.awsrequest import AWSPreparedRequest

from tests.support.stack.iam_policies import Ask, table

# A transaction needs the permission of each of its actions, and none of its own.
_IN_TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}
_OF_BUCKET = {
    ("HEAD", ""): "s3:ListBucket",
    ("GET", "list-type"): "s3:ListBucket",
    ("PUT", ""): "s3:CreateBucket",
    ("PUT", "publicAccessBlock"): "s3:PutBucketPublicAccessBlock",
    ("PUT", "encryption"): "s3:PutEncryptionConfiguration",
    ("PUT", "lifecycle"): "s3:PutLifecycleConfiguration",
    ("PUT", "versioning"): "s3:PutBucketVersioning",
}
_OF_OBJECT = {"GET": "s3:GetObject", "HEAD": "s3:GetObject", "PUT": "s3:PutObject"}


def needs(request: AWSPreparedRequest) -> list[Ask]:
    """All that has to be allowed for this request; an unknown kind of request raises."""
    if not _is_signed(request) or asks_who_we_are(request):
        return []
    target = _text(request.headers.get("X-Amz-Target", ""))
    if target.startswith("DynamoDB"):
        body = json.loads(_text(request.body))
        return list(_dynamodb(target.rpartition(".")[2], body))
    return list(_s3(request.method, request.url, _text(request.body or b"")))


def operation(request: AWSPreparedRequest) -> str:
    """What DynamoDB is asked to do; empty for S3."""
    return _text(request.headers.get("X-Amz-Target", "")).rpartition(".")[2]


def asks_who_we_are(request: AWSPreparedRequest) -> bool:
    """sts:GetCallerIdentity, for which AWS wants no permission."""
    return "Action=GetCallerIdentity" in _text(request.body or "")


def is_for(region: str, request: AWSPreparedRequest) -> bool:
    """Whether it is signed for this region, or not signed at all."""
    return not _is_signed(request) or f"/{region}/" in _signature(request)


def _is_signed(request: AWSPreparedRequest) -> bool:
    return "Credential=" in _signature(request)


def _signature(request: AWSPreparedRequest) -> str:
    """In a header, or in the address of a link."""
    return _text(request.headers.get("Authorization", "")) + unquote(request.url)


def _dynamodb(name: str, body: dict[str, Any]) -> Iterator[Ask]:
    if name.startswith("Transact"):
        for action in body["TransactItems"]:
            ((kind, what),) = action.items()
            yield Ask(f"dynamodb:{_IN_TRANSACTION[kind]}", table(what["TableName"]))
    elif "RequestItems" in body:
        for one in body["RequestItems"]:
            yield Ask(f"dynamodb:{name}", table(one))
    elif "StreamArn" in body or "ShardIterator" in body:
        # An iterator begins with its stream's ARN; DynamoDB Local names neither region nor account.
        arn = body.get("StreamArn") or body["ShardIterator"].partition("|")[0]
        yield Ask(f"dynamodb:{name}", table(arn.partition(":table/")[2]))
    else:
        yield Ask(f"dynamodb:{name}", table(body["TableName"]))


def _s3(method: str, url: str, body: str) -> Iterator[Ask]:
    parts = urlsplit(url)
    bucket, _, key = unquote(parts.path).removeprefix("/").partition("/")
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    arn = f"arn:aws:s3:::{bucket}"
    if key:
        yield Ask(_OF_OBJECT[method], f"{arn}/{key}")
    elif method == "POST" and "delete" in query:
        for name in html5lib.parse(body, namespaceHTMLElements=False).iter("key"):
            yield Ask("s3:DeleteObject", f"{arn}/{name.text}")
    else:
        asked = next((name for name in query if (method, name) in _OF_BUCKET), "")
        about = {"s3:prefix": query["prefix"]} if "prefix" in query else {}
        yield Ask(_OF_BUCKET[method, asked], arn, about)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes | bytearray) else str(value)
