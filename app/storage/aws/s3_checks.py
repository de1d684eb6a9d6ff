"""Health check of the photo bucket: it exists in our region, readable and writable."""

import json
import secrets

from app.contracts.checks import Check, Finding, failed, ok, warning
from app.model.errors import StorageUnavailable
from app.photos.keys import PREFIX
from app.storage.aws.s3_client import S3Calls

_TEST_CONTENT = b"Left by the doctor for a moment."


class BucketChecks:
    """The health check of one bucket."""

    def __init__(self, calls: S3Calls) -> None:
        self._calls = calls

    def all(self) -> tuple[Check, ...]:
        """Return the checks of this bucket."""
        return (Check("Photo bucket", self.check_access),)

    def check_access(self) -> Finding:
        """Write, read and delete a small object under ``employee_pic/``, and list the prefix."""
        try:
            self._calls.call("head_bucket")
            self._round_trip()
        except StorageUnavailable as error:
            return self._report_failure(error)
        bucket, region = self._calls.bucket, self._calls.region
        try:
            self._calls.call("list_objects_v2", Prefix=PREFIX, MaxKeys=1)
        except StorageUnavailable as error:
            return warning(
                (
                    f"Photos can be stored in {bucket} but not listed ({error.reason}), so "
                    "flask sweep-photos does not work."
                ),
                self._policy(),
                "Add these statements to the policy of this machine's role",
            )
        return ok(f"{bucket} in {region}: photos can be written, read and removed.")

    def _round_trip(self) -> None:
        key = f"{PREFIX}doctor-{secrets.token_hex(8)}.txt"
        self._calls.call("put_object", Key=key, Body=_TEST_CONTENT, ContentType="text/plain")
        try:
            body = self._calls.call("get_object", Key=key)
            if body != _TEST_CONTENT:
                raise self._calls.unavailable("get_object", "another content was read back")
        finally:
            response = self._calls.call("delete_objects", Delete={"Objects": [{"Key": key}]})
        for refusal in response.get("Errors", ()):
            raise self._calls.unavailable("delete_objects", refusal.get("Code", "unknown error"))

    def _report_failure(self, error: StorageUnavailable) -> Finding:
        bucket, region = self._calls.bucket, self._calls.region
        if error.reason.startswith("NoSuchBucket"):
            return failed(
                f"There is no bucket {bucket}, so photos can be neither shown nor saved.",
                f"aws s3 mb s3://{bucket} --region {region}",
                "Create it, or set PHOTOS_BUCKET to another bucket",
            )
        if "the bucket is in" in error.reason:
            return failed(
                f"{bucket}: {error.reason.partition(': ')[2]}. Its photos are not shown.",
                f"aws s3 mb s3://{bucket}-{region} --region {region}\n"
                f"PHOTOS_BUCKET={bucket}-{region}",
                "Create a bucket in the directory's region, and set it in the settings",
            )
        message = f"{error.action} on {bucket}: {error.reason}. Other pages are not affected."
        if error.reason.startswith("AccessDenied"):
            fix_hint = "Add these statements to the policy of this machine's role"
            return failed(message, self._policy(), fix_hint)
        return failed(message)

    def _policy(self) -> str:
        bucket = f"arn:{_partition_of(self._calls.region)}:s3:::{self._calls.bucket}"
        statements = [
            {
                "Effect": "Allow",
                "Action": ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
                "Resource": f"{bucket}/{PREFIX}*",
            },
            *(
                {
                    "Effect": "Allow",
                    "Action": "s3:ListBucket",
                    "Resource": bucket,
                    "Condition": condition,
                }
                for condition in (
                    {"StringLike": {"s3:prefix": f"{PREFIX}*"}},
                    {"Null": {"s3:prefix": "true"}},
                )
            ),
        ]
        return json.dumps(statements, indent=2)


def _partition_of(region: str) -> str:
    """Return the part of AWS that a region is in, such as ``aws-cn``: ARNs begin with it."""
    from botocore.exceptions import UnknownRegionError
    from botocore.session import get_session

    try:
        return str(get_session().get_partition_for_region(region))
    except UnknownRegionError:  # of a server that is not AWS's
        return "aws"
