"""A gate before AWS: every request of this process is judged by a policy, as IAM would.

It stands at botocore's HTTP session, which PynamoDB, boto3 and the lean reader all send through.
What the policy does not allow is answered as AWS answers it, and never sent.
"""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session

from tests.support.stack.aws_requests import asks_who_we_are, is_for, needs, operation
from tests.support.stack.iam_policies import REGION, Ask, Policy

# DynamoDB Local knows no backups.
_BACKUPS = ("DescribeContinuousBackups", "UpdateContinuousBackups")

_WHO = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<GetCallerIdentityResult><Arn>arn:aws:sts::123456789012:assumed-role/employee-directory/i-1</Arn>
<UserId>A:i-1</UserId><Account>123456789012</Account></GetCallerIdentityResult>
</GetCallerIdentityResponse>"""


class Gate:
    """What was asked since it was shut, and what of it was refused."""

    def __init__(self, policy: Policy, *, backed_up: bool) -> None:
        self.policy = policy
        self.asked: set[tuple[str, str]] = set()
        self.refused: list[Ask] = []
        self._all_backed_up = backed_up
        self._backed_up: set[str] = set()
        self._others: set[int] = set()

    def passes(self, client: Any) -> None:
        """A client that stands for another program, whose requests are none of ours."""
        self._others.add(id(client._endpoint.http_session))

    def is_others(self, session: URLLib3Session, request: AWSPreparedRequest) -> bool:
        """Another program's, or of an application of another test, whose heart still beats."""
        return id(session) in self._others or not is_for(REGION, request)

    def lets_through(self, request: AWSPreparedRequest) -> bool:
        asks = needs(request)
        self.asked.update((ask.action, ask.resource) for ask in asks)
        refused = [ask for ask in asks if not self.policy.allows(ask)]
        self.refused += refused
        return not refused

    def backups(self, request: AWSPreparedRequest) -> AWSResponse:
        """What AWS says of a table's backups: a new one has none."""
        table = json.loads(request.body)["TableName"]
        if operation(request).startswith("Update"):
            self._backed_up.add(table)
        has_some = self._all_backed_up or table in self._backed_up
        status = "ENABLED" if has_some else "DISABLED"
        recovery = {"PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": status}}
        return _answer(request, 200, json.dumps({"ContinuousBackupsDescription": recovery}))


@contextmanager
def enforced(policy: Policy, *, backed_up: bool = False) -> Iterator[Gate]:
    """Within it, nothing reaches AWS that the policy does not allow."""
    gate = Gate(policy, backed_up=backed_up)
    send = URLLib3Session.send

    def judged(session: URLLib3Session, request: AWSPreparedRequest) -> Any:
        if gate.is_others(session, request):
            return send(session, request)
        if not gate.lets_through(request):
            return _denied(request)
        if operation(request) in _BACKUPS:
            return gate.backups(request)
        if asks_who_we_are(request):
            return _answer(request, 200, _WHO)
        return send(session, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(URLLib3Session, "send", judged)
        yield gate


def _denied(request: AWSPreparedRequest) -> AWSResponse:
    if operation(request):
        kind = "com.amazon.coral.service#AccessDeniedException"
        return _answer(request, 400, json.dumps({"__type": kind, "Message": "not authorized"}))
    page = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
    return _answer(request, 403, "" if request.method == "HEAD" else page)


def _answer(request: AWSPreparedRequest, status: int, body: str) -> AWSResponse:
    raw: Any = io.BytesIO(body.encode())
    raw.stream = lambda *_, **__: iter([body.encode()])
    kind = "application/x-amz-json-1.0" if operation(request) else "application/xml"
    return AWSResponse(request.url, status, {"Content-Type": kind}, raw)
