"""What AWS answers when it says no: made answers for the fault proxy to give."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from tests.support.servers.http_messages import Reply, Request

MakeReply = Callable[[Request], Reply]

DYNAMODB = "com.amazonaws.dynamodb.v20120810"
CORAL_SERVICE = "com.amazon.coral.service"
CORAL_AVAILABILITY = "com.amazon.coral.availability"


@dataclass(frozen=True)
class TransactionRefused:
    """A TransactionCanceledException with this code for one of its actions, the last by default."""

    code: str
    action: int = -1

    def __call__(self, request: Request) -> Reply:
        reasons = [{"Code": "None"} for _ in request.json["TransactItems"]]
        reasons[self.action] = {"Code": self.code, "Message": f"Refused by the test: {self.code}"}
        codes = ", ".join(reason["Code"] for reason in reasons)
        return _dynamodb_reply(
            400,
            f"{DYNAMODB}#TransactionCanceledException",
            "Transaction cancelled, please refer cancellation reasons for specific reasons "
            f"[{codes}]",
            CancellationReasons=reasons,
        )


def transaction_error(action: int = -1) -> MakeReply:
    """The transaction was cancelled by an error of the service."""
    return TransactionRefused("InternalServerError", action)


def transaction_conflict(action: int = -1) -> MakeReply:
    """Another transaction holds an item; the emulators never say so."""
    return TransactionRefused("TransactionConflict", action)


def throttled() -> MakeReply:
    return dynamodb_error("ThrottlingException", family=CORAL_AVAILABILITY)


def throughput_exceeded() -> MakeReply:
    return dynamodb_error("ProvisionedThroughputExceededException")


def access_denied() -> MakeReply:
    return dynamodb_error("AccessDeniedException", family=CORAL_SERVICE)


def token_expired() -> MakeReply:
    return dynamodb_error("ExpiredTokenException", family=CORAL_SERVICE)


def table_missing() -> MakeReply:
    return dynamodb_error("ResourceNotFoundException")


def server_error() -> MakeReply:
    return dynamodb_error("InternalServerError", status=500)


def bare_error(status: int, body: str = "") -> MakeReply:
    """What stands in front of a service says no, in a page or without a word."""
    return lambda request: _reply(status, "text/html", body.encode())


def dynamodb_error(
    code: str,
    status: int = 400,
    message: str = "Injected by the test",
    family: str = DYNAMODB,
) -> MakeReply:
    """Any other error of DynamoDB, by its code."""
    return lambda request: _dynamodb_reply(status, f"{family}#{code}", message)


def s3_error(code: str, status: int) -> MakeReply:
    """An error of S3: `s3_error("SlowDown", 503)`, `s3_error("AccessDenied", 403)`."""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>Injected by the test</Message></Error>"
    ).encode()

    def make_reply(request: Request) -> Reply:
        return _reply(status, "application/xml", b"" if request.method == "HEAD" else body)

    return make_reply


def _dynamodb_reply(status: int, kind: str, message: str, **more: object) -> Reply:
    body = json.dumps({"__type": kind, "message": message, "Message": message, **more})
    return _reply(status, "application/x-amz-json-1.0", body.encode())


def _reply(status: int, content_type: str, body: bytes) -> Reply:
    head = (
        f"HTTP/1.1 {status} Injected\r\n"
        f"Content-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\n"
        "x-amzn-RequestId: INJECTED-BY-THE-TEST\r\n"
        "\r\n"
    )
    return Reply(status, head.encode() + body)
