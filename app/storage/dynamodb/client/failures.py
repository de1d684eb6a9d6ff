"""Failures of calls to DynamoDB: whether to retry, and the reason to show to the operator."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from botocore import exceptions as botocore_errors
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from pynamodb.exceptions import VerboseClientError

from app.model.errors import RecordTooLarge, StorageUnavailable

# Everything that a call may raise and that classify understands.
CALL_ERRORS = (BotoCoreError, ClientError, ResponseParserError)

_MAX_ITEM_KILOBYTES = 400

# In effect as many as the deadline of a request leaves room for; 8 seconds on average without one.
_UNTIL_DEADLINE = 20
_MANY_ATTEMPTS = 8
_TWO_ATTEMPTS = 2
_ONE_ATTEMPT = 1


class ConditionFailed(Exception):
    """A condition did not hold and nothing was written: read the item again and decide anew."""


class Failure(NamedTuple):
    """A failed call: the reason, the attempts it deserves, whether it may have been applied.

    ``is_outage`` means that there was no answer, or that the service itself failed.
    """

    reason: str
    max_attempts: int = _ONE_ATTEMPT
    outcome_unknown: bool = False
    is_outage: bool = False

    @property
    def is_permanent(self) -> bool:
        """Whether another attempt would fail in the same way."""
        return self.max_attempts == _ONE_ATTEMPT


_THROTTLED = Failure("too many requests (throttled)", _MANY_ATTEMPTS)
_BUSY = Failure("other writers kept changing the same records", _MANY_ATTEMPTS)
_SERVER_ERROR = Failure(
    "it returned an internal error", _UNTIL_DEADLINE, outcome_unknown=True, is_outage=True
)
# Of a cancelled transaction nothing was written.
_CANCELLED_BY_ERROR = _SERVER_ERROR._replace(outcome_unknown=False)
_EXPIRED = Failure("the AWS credentials have expired: renew them, or give this machine an IAM role")
_INVALID_CREDENTIALS = Failure(
    "the AWS credentials were not accepted: check the access key, or give this machine an IAM role"
)
# A clock that is off gets the code of a wrong key, and one of these messages.
_CLOCK_MESSAGES = ("Signature expired", "Signature not yet current")
_CLOCK_IS_OFF = Failure(
    "the clock of this machine is off, so AWS refuses what it signs: set it from the network, by "
    "sudo systemctl restart chronyd && chronyc makestep"
)
_NO_CREDENTIALS = Failure(
    "no AWS credentials were found: give this machine an IAM role, or set AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY"
)
_FAILURE_BY_CODE = {
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
    "ResourceNotFoundException": Failure("the table does not exist: run flask setup"),
    "AccessDeniedException": Failure(
        "access was denied: the role of this machine must allow this action on this table"
    ),
    "ExpiredTokenException": _EXPIRED,
    "ExpiredToken": _EXPIRED,
    "UnrecognizedClientException": _INVALID_CREDENTIALS,
    "InvalidSignatureException": _INVALID_CREDENTIALS,
    "MissingAuthenticationTokenException": _INVALID_CREDENTIALS,
    "IncompleteSignatureException": _INVALID_CREDENTIALS,
}
# These are raised before a request is sent, so nothing can have been written.
_NOT_SENT_ERRORS = (
    botocore_errors.ConnectTimeoutError,
    botocore_errors.EndpointConnectionError,
    botocore_errors.ProxyConnectionError,
    botocore_errors.SSLError,
)


def classify(error: Exception) -> Failure:
    """Return the failure behind an error. Raises ConditionFailed when a condition did not hold."""
    if isinstance(error, ClientError):
        return _classify_client_error(error)
    if isinstance(error, botocore_errors.NoRegionError):
        return Failure("no region is set: set AWS_DEFAULT_REGION, such as us-west-2")
    if isinstance(error, botocore_errors.NoCredentialsError):
        return _NO_CREDENTIALS
    if isinstance(error, _NOT_SENT_ERRORS):
        return Failure(f"could not connect ({type(error).__name__})", _TWO_ATTEMPTS, is_outage=True)
    if isinstance(error, botocore_errors.HTTPClientError | ResponseParserError):
        reason = f"no response ({type(error).__name__})"
        return Failure(reason, _TWO_ATTEMPTS, outcome_unknown=True, is_outage=True)
    return Failure(f"{type(error).__name__}: {error}")


def error_code(error: StorageUnavailable) -> str:
    """Return the error code of the service; empty when there was no response."""
    response = getattr(error.__cause__, "response", None) or {}  # a timeout has the response None
    code: str = response.get("Error", {}).get("Code", "")
    return code


def is_item_rejected(error: StorageUnavailable) -> bool:
    """Return whether the service rejects these items as they are, so that no retry can help."""
    codes = {code for code, _ in _rejections(error)}
    return bool(codes & {"ValidationException", "ValidationError"})


def is_table_missing(error: StorageUnavailable) -> bool:
    """Return whether the service does not know the table."""
    return error_code(error) == "ResourceNotFoundException"


@contextmanager
def rejecting_large_records(employee_id: str) -> Iterator[None]:
    """Raise RecordTooLarge if the service rejects an item of this block for its size."""
    try:
        yield
    except StorageUnavailable as error:
        messages = " ".join(message for _, message in _rejections(error)).lower()
        if is_item_rejected(error) and "size" in messages and "exceed" in messages:
            raise RecordTooLarge(employee_id, _MAX_ITEM_KILOBYTES) from error
        raise


def _rejections(error: StorageUnavailable) -> Iterator[tuple[str, str]]:
    """Yield code and message of a failed call, and of each action of a transaction."""
    cause = error.__cause__
    yield error_code(error), str(cause)
    for reason in getattr(cause, "cancellation_reasons", ()):
        if reason is not None:
            yield reason.code, reason.message or ""


def _classify_client_error(error: ClientError) -> Failure:
    code = error.response.get("Error", {}).get("Code", "")
    if code == "ConditionalCheckFailedException":
        raise ConditionFailed from error
    if code == "TransactionCanceledException" and isinstance(error, VerboseClientError):
        return _classify_cancellation(error)
    if error.response.get("Error", {}).get("Message", "").startswith(_CLOCK_MESSAGES):
        return _CLOCK_IS_OFF
    return _FAILURE_BY_CODE.get(code) or _classify_status(error, code)


def _classify_cancellation(error: VerboseClientError) -> Failure:
    codes = {reason.code for reason in error.cancellation_reasons if reason is not None}
    if "ConditionalCheckFailed" in codes:
        raise ConditionFailed from error
    failures = {_FAILURE_BY_CODE.get(code) for code in codes}
    if failures <= {_BUSY, _THROTTLED, _SERVER_ERROR}:
        retryable = [each for each in (_THROTTLED, _BUSY) if each in failures]
        return retryable[0] if retryable else _CANCELLED_BY_ERROR
    return Failure(f"the transaction was rejected: {', '.join(sorted(codes))}: {error}")


def _classify_status(error: ClientError, code: str) -> Failure:
    # PynamoDB keeps the HTTP status in the error that it wraps.
    response = getattr(error.__cause__, "response", error.response)
    if response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400) >= 500:
        return _SERVER_ERROR
    message = error.response.get("Error", {}).get("Message", "")
    return Failure(f"{code}: {message}")
