"""What went wrong in a call to DynamoDB: whether to try again, and how to tell the operator."""

from __future__ import annotations

from typing import NamedTuple

from botocore import exceptions as botocore_errors
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from pynamodb.exceptions import VerboseClientError

from app.model.errors import StorageUnavailable

# Everything that a call may raise and that is ours to judge.
CALL_ERRORS = (BotoCoreError, ClientError, ResponseParserError)

_OFTEN = 8
_ONCE_MORE = 2
_NEVER = 1


class ConditionFailed(Exception):
    """Nothing was written, since what was read before is no longer so: read again and judge."""


class Failure(NamedTuple):
    """Why a call failed, how many tries it is worth, and whether it may have been carried out."""

    reason: str
    tries: int = _NEVER
    outcome_unknown: bool = False


_THROTTLED = Failure("it was asked for more than it may give (throttled)", _OFTEN)
_BUSY = Failure("others were changing the same records all the time", _OFTEN)
_SERVER_ERROR = Failure("it answered with an error of its own", _ONCE_MORE, outcome_unknown=True)
_EXPIRED = Failure("the AWS credentials have expired: renew them, or give this machine an IAM role")
_BAD_CREDENTIALS = Failure(
    "the AWS credentials were not accepted: check the access key, or give this machine an IAM role"
)
_NO_CREDENTIALS = Failure(
    "no AWS credentials were found: give this machine an IAM role, or set AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY"
)
_BY_CODE = {
    "ThrottlingException": _THROTTLED,
    "Throttling": _THROTTLED,
    "ThrottlingError": _THROTTLED,
    "ProvisionedThroughputExceeded": _THROTTLED,
    "ProvisionedThroughputExceededException": _THROTTLED,
    "RequestLimitExceeded": _THROTTLED,
    "LimitExceededException": _THROTTLED,
    "TooManyRequestsException": _THROTTLED,
    "TransactionConflict": _BUSY,
    "TransactionConflictException": _BUSY,
    "TransactionInProgressException": _BUSY,
    "InternalServerError": _SERVER_ERROR,
    "InternalFailure": _SERVER_ERROR,
    "ServiceUnavailable": _SERVER_ERROR,
    "ResourceNotFoundException": Failure("the table is not there: run flask setup"),
    "AccessDeniedException": Failure(
        "access was denied: the role of this machine must allow this action on this table"
    ),
    "ExpiredTokenException": _EXPIRED,
    "ExpiredToken": _EXPIRED,
    "UnrecognizedClientException": _BAD_CREDENTIALS,
    "InvalidSignatureException": _BAD_CREDENTIALS,
    "MissingAuthenticationTokenException": _BAD_CREDENTIALS,
    "IncompleteSignatureException": _BAD_CREDENTIALS,
}
# These end before a request is sent, so nothing can have been written.
_NOT_SENT = (
    botocore_errors.ConnectTimeoutError,
    botocore_errors.EndpointConnectionError,
    botocore_errors.ProxyConnectionError,
    botocore_errors.SSLError,
)


def classify(error: Exception) -> Failure:
    """What an error of a call means. Raises ConditionFailed where a condition did not hold."""
    if isinstance(error, ClientError):
        return _judge_refusal(error)
    if isinstance(error, botocore_errors.NoRegionError):
        return Failure("no region is set: set AWS_DEFAULT_REGION, such as us-west-2")
    if isinstance(error, botocore_errors.NoCredentialsError):
        return _NO_CREDENTIALS
    if isinstance(error, _NOT_SENT):
        return Failure(f"no connection could be made ({type(error).__name__})", _ONCE_MORE)
    if isinstance(error, botocore_errors.HTTPClientError | ResponseParserError):
        reason = f"the connection gave no answer ({type(error).__name__})"
        return Failure(reason, _ONCE_MORE, outcome_unknown=True)
    return Failure(f"{type(error).__name__}: {error}")


def code_of(error: StorageUnavailable) -> str:
    """What the service called it; empty when it said nothing."""
    response = getattr(error.__cause__, "response", None) or {}  # a timeout has one, of None
    code: str = response.get("Error", {}).get("Code", "")
    return code


def is_about_the_item(error: StorageUnavailable) -> bool:
    """Whether the service takes none of these items as they are, however often it is asked."""
    reasons = getattr(error.__cause__, "cancellation_reasons", ())
    codes = {code_of(error), *(reason.code for reason in reasons if reason is not None)}
    return bool(codes & {"ValidationException", "ValidationError"})


def _judge_refusal(error: ClientError) -> Failure:
    code = error.response.get("Error", {}).get("Code", "")
    if code == "ConditionalCheckFailedException":
        raise ConditionFailed from error
    if code == "TransactionCanceledException" and isinstance(error, VerboseClientError):
        return _judge_cancellation(error)
    return _BY_CODE.get(code) or _by_status(error, code)


def _judge_cancellation(error: VerboseClientError) -> Failure:
    codes = {reason.code for reason in error.cancellation_reasons if reason is not None}
    if "ConditionalCheckFailed" in codes:
        raise ConditionFailed from error
    troubles = [_BY_CODE.get(code) for code in sorted(codes)]
    if troubles and all(trouble in (_BUSY, _THROTTLED) for trouble in troubles):
        return troubles[0] or _BUSY
    return Failure(f"the transaction was refused: {', '.join(sorted(codes))}: {error}")


def _by_status(error: ClientError, code: str) -> Failure:
    # PynamoDB keeps the status in the error that it wraps.
    response = getattr(error.__cause__, "response", error.response)
    if response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400) >= 500:
        return _SERVER_ERROR
    message = error.response.get("Error", {}).get("Message", "")
    return Failure(f"{code}: {message}")
