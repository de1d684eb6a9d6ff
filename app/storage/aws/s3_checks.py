"""What the doctor asks of the photo bucket: there, in our region, readable and writable."""

from __future__ import annotations

import json
import secrets

from app.contracts.checks import Check, Finding, failed, ok, warning
from app.model.errors import StorageUnavailable
from app.storage.aws.s3_client import S3Calls

_PREFIX = "employee_pic/"
_PROBE = b"Left by the doctor for a moment."


class BucketChecks:
    """The check of one bucket."""

    def __init__(self, calls: S3Calls) -> None:
        self._calls = calls

    def all(self) -> tuple[Check, ...]:
        return (Check("Photo bucket", self.look),)

    def look(self) -> Finding:
        """A small object is put under ``employee_pic/``, read and removed again."""
        try:
            self._calls.ask("head_bucket")
            self._write_and_read()
        except StorageUnavailable as error:
            return self._refused(error)
        bucket, region = self._calls.bucket, self._calls.region
        try:
            self._calls.ask("list_objects_v2", Prefix=_PREFIX, MaxKeys=1)
        except StorageUnavailable as error:
            return warning(
                f"Photos can be kept in {bucket}, but not listed ({error.reason}), so flask "
                "sweep-photos cannot work.",
                self._policy(),
                "Add these statements to the policy of this machine's role",
            )
        return ok(f"{bucket} is there, in {region}, and photos can be written, read and removed.")

    def _write_and_read(self) -> None:
        key = f"{_PREFIX}doctor-{secrets.token_hex(8)}.txt"
        self._calls.ask("put_object", Key=key, Body=_PROBE, ContentType="text/plain")
        try:
            body = self._calls.ask("get_object", Key=key)
            if body != _PROBE:
                raise self._calls.refused("get_object", "what was written is not what is read")
        finally:
            answer = self._calls.ask("delete_objects", Delete={"Objects": [{"Key": key}]})
        for refusal in answer.get("Errors", ()):
            raise self._calls.refused("delete_objects", refusal.get("Code", "unknown error"))

    def _refused(self, error: StorageUnavailable) -> Finding:
        bucket, region = self._calls.bucket, self._calls.region
        if error.reason.startswith("NoSuchBucket"):
            return failed(
                f"There is no bucket {bucket}: photos can be neither shown nor saved.",
                f"aws s3 mb s3://{bucket} --region {region}",
                "Make it, or put the name of another one in PHOTOS_BUCKET",
            )
        if "the bucket is in" in error.reason:
            return failed(
                f"{bucket}: {error.reason.partition(': ')[2]}. Photos are not shown from there.",
                f"aws s3 mb s3://{bucket}-{region} --region {region}\n"
                f"PHOTOS_BUCKET={bucket}-{region}",
                "Make a bucket where the directory is, and name it in the settings",
            )
        found = f"{error.action} on {bucket}: {error.reason}. Other pages are not affected."
        if error.reason.startswith("AccessDenied"):
            how = "Add these statements to the policy of this machine's role"
            return failed(found, self._policy(), how)
        return failed(found)

    def _policy(self) -> str:
        bucket = f"arn:aws:s3:::{self._calls.bucket}"
        statements = [
            {
                "Effect": "Allow",
                "Action": ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
                "Resource": f"{bucket}/{_PREFIX}*",
            },
            *(
                {
                    "Effect": "Allow",
                    "Action": "s3:ListBucket",
                    "Resource": bucket,
                    "Condition": only,
                }
                for only in (
                    {"StringLike": {"s3:prefix": f"{_PREFIX}*"}},
                    {"Null": {"s3:prefix": "true"}},
                )
            ),
        ]
        return json.dumps(statements, indent=2)
