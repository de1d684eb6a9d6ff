"""Calls to S3 within the deadline of the request; their errors become StorageUnavailable."""

import threading
import time
from itertools import count
from typing import Any

from app.model.errors import StorageUnavailable
from app.runtime import backoff, deadline
from app.runtime.circuit_breaker import CircuitBreaker
from app.storage.aws.presigned_urls import Credentials

_SERVICE = "the photo store"
_CONNECT_TIMEOUT_SECONDS = 1.0
_READ_TIMEOUT_SECONDS = 2.0
_CHECK_TIMEOUT_SECONDS = 0.5
_MAX_ATTEMPT_SECONDS = _CONNECT_TIMEOUT_SECONDS + _READ_TIMEOUT_SECONDS
# Without an answer; and after an error of S3 as many as the deadline leaves room for, in effect.
_MAX_SILENT_ATTEMPTS = 2
_MAX_ATTEMPTS = 20
_DEFAULT_REGION = "us-east-1"

_ACTIONS = {
    "put_object": "s3:PutObject",
    "delete_objects": "s3:DeleteObject",
    "list_objects_v2": "s3:ListBucket",
    "head_bucket": "s3:ListBucket",
    "get_object": "s3:GetObject",
    "head_object": "s3:GetObject",
    "create_bucket": "s3:CreateBucket",
    "put_public_access_block": "s3:PutBucketPublicAccessBlock",
    "put_bucket_lifecycle_configuration": "s3:PutLifecycleConfiguration",
    "put_bucket_versioning": "s3:PutBucketVersioning",
}
# The response to a HEAD has no body with an error code: botocore gives its status instead.
_HEAD_CODES = {"404": "NoSuchBucket", "403": "AccessDenied", "301": "PermanentRedirect"}
_OTHER_REGION_CODES = frozenset(
    {"PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"}
)
_TRANSIENT_STATUSES = frozenset({500, 502, 503, 504})
_TRANSIENT_CODES = frozenset({"SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout"})


class S3Calls:
    """The calls to one bucket. The client is created at the first of them."""

    def __init__(self, bucket: str, region: str) -> None:
        self.bucket = bucket
        self._region = region
        self._lock = threading.Lock()
        self._credentials_lock = threading.Lock()
        self._clients: dict[float, Any] = {}
        self._session: Any = None
        self._breaker = CircuitBreaker(_SERVICE, self._answers)

    @property
    def region(self) -> str:
        """Return the region that calls are signed for."""
        if not self._region:
            configured = self._get_session().get_config_variable("region")
            self._region = str(configured or _DEFAULT_REGION)
        return self._region

    def call(self, name: str, **parameters: object) -> Any:
        """Return the response of S3, or the bytes of the object for ``get_object``.

        Retry a transient failure as long as the deadline leaves room. Raises StorageUnavailable.
        """
        for attempt in count(1):
            if deadline.remaining() < _MAX_ATTEMPT_SECONDS:
                raise self.unavailable(name, "the request ran out of time")
            if refusal := self._breaker.refusal():
                raise self.unavailable(name, refusal)
            began = time.monotonic()
            try:
                response = self._call_once(_READ_TIMEOUT_SECONDS, name, parameters)
            except _TransientError as transient:
                self._breaker.failed(began, transient.reason)
                is_last = attempt >= transient.max_attempts
                if is_last or not backoff.pause(attempt, _MAX_ATTEMPT_SECONDS):
                    raise self.unavailable(name, transient.reason) from transient
            else:
                self._breaker.succeeded()
                return response
        raise AssertionError("unreachable")

    def probe(self, name: str = "head_bucket", **parameters: object) -> Any:
        """Return the response of one attempt of less than a second. Raises StorageUnavailable."""
        try:
            response = self._call_once(_CHECK_TIMEOUT_SECONDS, name, parameters)
        except _TransientError as transient:
            raise self.unavailable(name, transient.reason) from transient
        self._breaker.succeeded()
        return response

    def _answers(self) -> bool:
        """Return whether S3 answers; forget connections that hung with it."""
        with self._lock:
            clients = list(self._clients.values())
        for client in clients:
            client.close()  # it works on
        try:
            self._call_once(_READ_TIMEOUT_SECONDS, "head_bucket", {})
        except (_TransientError, StorageUnavailable):
            return False  # a refusal by S3 has closed the circuit
        return True

    def unavailable(self, name: str, reason: str) -> StorageUnavailable:
        """Return the error for a call that failed; ``reason`` is for the operator."""
        return StorageUnavailable(_SERVICE, _ACTIONS[name], self.bucket, reason)

    def credentials(self) -> Credentials:
        """Return the current credentials, renewed when they are about to expire."""
        from botocore.exceptions import BotoCoreError

        try:
            credentials = self._load_credentials("get_object")
            frozen = credentials.get_frozen_credentials()
        except BotoCoreError as error:
            raise self.unavailable("get_object", _first_line(error)) from error
        # botocore has no public name for the expiry of a role's credentials; None if there is none.
        expires = getattr(credentials, "_expiry_time", None)
        return Credentials(frozen.access_key, frozen.secret_key, frozen.token, expires)

    def bucket_url(self) -> str:
        """Return the URL of the bucket, from its name, the region and an endpoint setting."""
        from botocore import UNSIGNED
        from botocore.exceptions import BotoCoreError

        try:
            timeout = _READ_TIMEOUT_SECONDS
            client = self._new_client(timeout, signature_version=UNSIGNED)
            if ".amazonaws.com" in client.meta.endpoint_url:
                # Without it botocore's URLs name no region, and fail in the first day of a bucket.
                style = {"addressing_style": "virtual"}
                client = self._new_client(timeout, signature_version=UNSIGNED, s3=style)
            url = client.generate_presigned_url(
                "get_object", Params={"Bucket": self.bucket, "Key": "k"}
            )
        except (BotoCoreError, ValueError) as error:
            raise self.unavailable("get_object", _first_line(error)) from error
        return str(url).partition("?")[0].removesuffix("/k")

    def _call_once(self, timeout_seconds: float, name: str, parameters: dict[str, object]) -> Any:
        from botocore.exceptions import (
            BotoCoreError,
            ClientError,
            HTTPClientError,
            IncompleteReadError,
        )
        from botocore.parsers import ResponseParserError

        try:
            client = self._get_client(timeout_seconds, name)
            response = getattr(client, name)(Bucket=self.bucket, **parameters)
            # The body is received after the response, and may fail on its own.
            return response["Body"].read() if name == "get_object" else response
        except ClientError as error:
            code, status = self._classify(error.response)
            if status in _TRANSIENT_STATUSES or code in _TRANSIENT_CODES:
                raise _TransientError(code, _MAX_ATTEMPTS) from error
            self._breaker.succeeded()
            raise self.unavailable(name, code) from error
        except (HTTPClientError, IncompleteReadError, ResponseParserError) as error:
            raise _TransientError(_first_line(error), _MAX_SILENT_ATTEMPTS) from error
        except (BotoCoreError, ValueError) as error:
            raise self.unavailable(name, _first_line(error)) from error

    def _classify(self, response: Any) -> tuple[str, int]:
        """Return the error code, which names another region of the bucket, and the HTTP status."""
        code = str(response.get("Error", {}).get("Code", "unknown error"))
        metadata = response.get("ResponseMetadata", {})
        bucket_region = metadata.get("HTTPHeaders", {}).get("x-amz-bucket-region", "")
        code = _HEAD_CODES.get(code, code)
        if code in _OTHER_REGION_CODES or bucket_region not in ("", self.region):
            code = (
                f"{code}: the bucket is in {bucket_region or 'another region'}, but the "
                f"directory uses {self.region}"
            )
        return code, int(metadata.get("HTTPStatusCode", 0))

    def _get_client(self, timeout_seconds: float, name: str) -> Any:
        """Return the client with this timeout; keep none that was created without credentials."""
        with self._lock:
            client = self._clients.get(timeout_seconds)
        if client is not None:
            return client
        self._load_credentials(name)
        client = self._new_client(timeout_seconds)
        with self._lock:
            return self._clients.setdefault(timeout_seconds, client)

    def _new_client(self, timeout_seconds: float, **options: Any) -> Any:
        from botocore.config import Config

        config = Config(
            connect_timeout=min(timeout_seconds, _CONNECT_TIMEOUT_SECONDS),
            read_timeout=timeout_seconds,
            retries={"total_max_attempts": 1},  # `call` retries, as it knows the deadline
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            **options,
        )
        region, session = self.region, self._get_session()
        with self._lock:
            client = session.create_client("s3", region_name=region, config=config)
        client.meta.events.register_last("before-parameter-build.s3", _prevent_region_redirect)
        return client

    def _load_credentials(self, name: str) -> Any:
        session = self._get_session()
        # Another thread may be waiting for the credentials of a machine that does not get any.
        if not self._credentials_lock.acquire(timeout=_READ_TIMEOUT_SECONDS):
            raise self.unavailable(name, "no answer from the source of the AWS credentials")
        try:
            credentials = session.get_credentials()
        finally:
            self._credentials_lock.release()
        if credentials is None:
            reason = "no AWS credentials: give this machine a role, or set them"
            raise self.unavailable(name, reason)
        return credentials

    def _get_session(self) -> Any:
        from botocore.session import get_session

        with self._lock:
            if self._session is None:
                self._session = get_session()
            return self._session


class _TransientError(Exception):
    """A failure of the network or of S3 that another attempt may not meet again."""

    def __init__(self, reason: str, max_attempts: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.max_attempts = max_attempts


def _prevent_region_redirect(context: dict[str, Any], **_: object) -> None:
    """Stop botocore from following a bucket into another region, since presigned URLs do not."""
    context.setdefault("s3_redirect", {})["redirected"] = True


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
