"""Calls to S3, within the request's deadline, and their errors in our words."""

from __future__ import annotations

import threading
from typing import Any

from app.model.errors import StorageUnavailable
from app.runtime import deadline
from app.storage.aws.presigned_urls import Signer

_CONNECT_SECONDS = 1.0
_READ_SECONDS = 2.0
_PROBE_SECONDS = 0.5
_TRIES = 2
_WITHOUT_A_REGION = "us-east-1"

_ACTIONS = {
    "put_object": "s3:PutObject",
    "delete_objects": "s3:DeleteObject",
    "list_objects_v2": "s3:ListBucket",
    "head_bucket": "s3:ListBucket",
    "get_object": "s3:GetObject",
    "create_bucket": "s3:CreateBucket",
    "put_public_access_block": "s3:PutBucketPublicAccessBlock",
}
# A HEAD has no body to name its error in, so botocore gives the status for a code.
_HEAD_CODES = {"404": "NoSuchBucket", "403": "AccessDenied", "301": "PermanentRedirect"}
_ELSEWHERE = frozenset(
    {"PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"}
)
_PASSING = frozenset({"SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout"})


class S3Calls:
    """The calls to one bucket. The client is made at the first of them, once."""

    def __init__(self, bucket: str, region: str) -> None:
        self.bucket = bucket
        self._region = region
        self._lock = threading.Lock()
        self._clients: dict[float, Any] = {}
        self._session: Any = None

    @property
    def region(self) -> str:
        """The region that calls are signed for."""
        if not self._region:
            named = self._our_session().get_config_variable("region")
            self._region = str(named or _WITHOUT_A_REGION)
        return self._region

    def ask(self, name: str, **asked: object) -> Any:
        """Make a call; try again once when the network or S3 faltered and there is time.

        Gives S3's answer, and for ``get_object`` the whole object.
        """
        for tries_left in reversed(range(_TRIES)):
            if deadline.remaining() < _CONNECT_SECONDS + _READ_SECONDS:
                raise self.refused(name, "the request has no time left")
            try:
                return self._call(_READ_SECONDS, name, asked)
            except _Faltered as faltered:
                if not tries_left:
                    raise self.refused(name, faltered.reason) from faltered
        raise AssertionError("unreachable")

    def probe(self) -> None:
        """Ask the bucket for nothing, once, within a second."""
        try:
            self._call(_PROBE_SECONDS, "head_bucket", {})
        except _Faltered as faltered:
            raise self.refused("head_bucket", faltered.reason) from faltered

    def refused(self, name: str, reason: str) -> StorageUnavailable:
        """Our error for a call that failed."""
        return StorageUnavailable("the photo store", _ACTIONS[name], self.bucket, reason)

    def signer(self) -> Signer:
        """The credentials of this moment, for links; renewed here when they are about to end."""
        from botocore.exceptions import BotoCoreError

        try:
            credentials = self._credentials("get_object")
            now = credentials.get_frozen_credentials()
        except BotoCoreError as error:
            raise self.refused("get_object", _first_line(error)) from error
        # botocore tells nobody else when credentials of a role end; None where they do not.
        ends = getattr(credentials, "_expiry_time", None)
        return Signer(now.access_key, now.secret_key, now.token, ends)

    def address(self) -> str:
        """The web address of the bucket, by its name, the region, and an endpoint setting."""
        from botocore import UNSIGNED
        from botocore.exceptions import BotoCoreError

        try:
            client = self._new_client(_READ_SECONDS, signature_version=UNSIGNED)
            if ".amazonaws.com" in client.meta.endpoint_url:
                # Else botocore's links name no region, and fail for a day where a bucket is new.
                style = {"addressing_style": "virtual"}
                client = self._new_client(_READ_SECONDS, signature_version=UNSIGNED, s3=style)
            url = client.generate_presigned_url(
                "get_object", Params={"Bucket": self.bucket, "Key": "k"}
            )
        except (BotoCoreError, ValueError) as error:
            raise self.refused("get_object", _first_line(error)) from error
        return str(url).partition("?")[0].removesuffix("/k")

    def _call(self, seconds: float, name: str, asked: dict[str, object]) -> Any:
        from botocore.exceptions import (
            BotoCoreError,
            ClientError,
            HTTPClientError,
            IncompleteReadError,
        )

        try:
            answer = getattr(self._client(seconds, name), name)(Bucket=self.bucket, **asked)
            # The body comes after the answer, and may fail by itself.
            return answer["Body"].read() if name == "get_object" else answer
        except ClientError as error:
            code, status = self._code(error.response)
            if status >= 500 or code in _PASSING:
                raise _Faltered(code) from error
            raise self.refused(name, code) from error
        except (HTTPClientError, IncompleteReadError) as error:
            raise _Faltered(_first_line(error)) from error
        except (BotoCoreError, ValueError) as error:
            raise self.refused(name, _first_line(error)) from error

    def _code(self, response: Any) -> tuple[str, int]:
        """What S3 calls the error, and its status; a bucket of another region is told as such."""
        code = str(response.get("Error", {}).get("Code", "unknown error"))
        answer = response.get("ResponseMetadata", {})
        there = answer.get("HTTPHeaders", {}).get("x-amz-bucket-region", "")
        code = _HEAD_CODES.get(code, code)
        if code in _ELSEWHERE or there not in ("", self.region):
            code = (
                f"{code}: the bucket is in {there or 'another region'}, and this directory looks "
                f"for it in {self.region}"
            )
        return code, int(answer.get("HTTPStatusCode", 0))

    def _client(self, seconds: float, name: str) -> Any:
        """The client with this time limit; none is kept that was made without credentials."""
        with self._lock:
            known = self._clients.get(seconds)
        if known is not None:
            return known
        self._credentials(name)
        made = self._new_client(seconds)
        with self._lock:
            return self._clients.setdefault(seconds, made)

    def _new_client(self, seconds: float, **more: Any) -> Any:
        from botocore.config import Config

        config = Config(
            connect_timeout=min(seconds, _CONNECT_SECONDS),
            read_timeout=seconds,
            retries={"total_max_attempts": 1},  # `ask` repeats, as it knows the deadline
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            **more,
        )
        region, session = self.region, self._our_session()
        with self._lock:
            client = session.create_client("s3", region_name=region, config=config)
        client.meta.events.register_last("before-parameter-build.s3", _stay_in_region)
        return client

    def _credentials(self, name: str) -> Any:
        session = self._our_session()
        with self._lock:
            credentials = session.get_credentials()
        if credentials is None:
            raise self.refused(name, "no AWS credentials: give this machine a role, or set them")
        return credentials

    def _our_session(self) -> Any:
        from botocore.session import get_session

        with self._lock:
            if self._session is None:
                self._session = get_session()
            return self._session


class _Faltered(Exception):
    """The network or S3 failed in a way that may be over at once."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _stay_in_region(context: dict[str, Any], **_: object) -> None:
    """Do not follow the bucket into another region: links would not, so photos would not show."""
    context.setdefault("s3_redirect", {})["redirected"] = True


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
