"""Photos in a private S3 bucket; browsers read them by presigned URLs.

IAM: s3:PutObject, s3:GetObject and s3:DeleteObject on ``<bucket>/employee_pic/*``, s3:ListBucket on
the bucket; ``flask setup`` makes a missing bucket with s3:CreateBucket,
s3:PutBucketPublicAccessBlock, s3:PutLifecycleConfiguration and s3:PutBucketVersioning. Photos of
the course's application in Node need s3:GetObject where it keeps them. S3 encrypts every object by
default. A URL is valid for one to two hours, or until the credentials that signed it expire.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from app.contracts import PhotoLink
from app.model.errors import PhotoNotFound, StorageUnavailable
from app.photos.keys import PREFIX, base_of, is_foreign_key, is_photo_key
from app.storage.aws.media_types import MediaTypes
from app.storage.aws.presigned_urls import UrlSigner
from app.storage.aws.s3_client import S3Calls

_MAX_KEYS_PER_CALL = 1000
_OLD_VERSION_DAYS = 30  # as in deploy/cloudformation.yaml; a test holds them together
_CACHE_CONTROL = "private, max-age=31536000, immutable"


def open_s3_store(bucket: str, region: str) -> S3Photos:
    """Open the photo store of this bucket, without any call; no region: boto's own rules."""
    return S3Photos(S3Calls(bucket, region))


class S3Photos:
    """A PhotoStore in an S3 bucket."""

    def __init__(self, calls: S3Calls) -> None:
        self._calls = calls
        self._media_types = MediaTypes(calls)
        self._signer: UrlSigner | None = None
        self._lock = threading.Lock()

    def put(self, key: str, image: bytes) -> None:
        """Store an image; browsers may cache it for ever, since a key is never reused."""
        if not is_photo_key(key):
            raise ValueError(f"not a photo key: {key!r}")
        self._calls.call(
            "put_object",
            Key=key,
            Body=image,
            ContentType="image/jpeg",
            CacheControl=_CACHE_CONTROL,
        )

    def get(self, key: str) -> bytes:
        """Implement PhotoStore.get."""
        if not is_photo_key(key):
            raise PhotoNotFound(key)
        try:
            image: bytes = self._calls.call("get_object", Key=key)
        except StorageUnavailable as error:
            if error.reason == "NoSuchKey":
                raise PhotoNotFound(key) from error
            raise
        return image

    def get_foreign(self, key: str) -> bytes:
        """Implement PhotoStore.get_foreign."""
        if is_foreign_key(key) and self._media_types.of_foreign(key):
            image: bytes = self._calls.call("get_object", Key=key)
            return image
        raise PhotoNotFound(key)

    def delete(self, keys: Iterable[str]) -> None:
        """Delete these photos, 1,000 per call; keys of other objects are ignored."""
        photo_keys = filter(is_photo_key, keys)
        while chunk := list(islice(photo_keys, _MAX_KEYS_PER_CALL)):
            objects = {"Objects": [{"Key": key} for key in chunk], "Quiet": True}
            response = self._calls.call("delete_objects", Delete=objects)
            for refusal in response.get("Errors", ()):
                code = refusal.get("Code", "unknown error")
                raise self._calls.unavailable("delete_objects", code)

    def locate(self, key: str) -> PhotoLink:
        """Return a presigned URL, of the large size if the small one is missing."""
        if is_photo_key(key):
            for candidate in dict.fromkeys((key, base_of(key))):
                if media_type := self._media_types.of(candidate):
                    return self._link(candidate, media_type)
        raise PhotoNotFound(key)

    def locate_foreign(self, key: str) -> PhotoLink:
        """Implement PhotoStore.locate_foreign."""
        if is_foreign_key(key) and (media_type := self._media_types.of_foreign(key)):
            return self._link(key, media_type)
        raise PhotoNotFound(key)

    def _link(self, key: str, media_type: str) -> PhotoLink:
        credentials, now = self._calls.credentials(), datetime.now(UTC)
        return PhotoLink(*self._url_signer().sign(key, media_type, credentials, now))

    def iter_keys(self) -> Iterator[tuple[str, datetime]]:
        """Yield every photo key with its upload time, from pages of 1,000."""
        continuation: dict[str, Any] = {}
        while True:
            page = self._calls.call("list_objects_v2", Prefix=PREFIX, **continuation)
            for item in page.get("Contents", ()):
                if is_photo_key(item["Key"]):
                    yield item["Key"], item["LastModified"]
            if not page.get("IsTruncated"):
                return
            continuation = {"ContinuationToken": page["NextContinuationToken"]}

    def check(self) -> None:
        """Check in less than a second that the bucket answers."""
        self._calls.probe()

    def set_up(self) -> list[str]:
        """Create a private bucket if there is none; never change an existing one."""
        try:
            response = self._calls.call("head_bucket")
        except StorageUnavailable as error:
            if error.reason != "NoSuchBucket":
                raise
            return self._create_bucket()
        region = response.get("BucketRegion") or self._calls.region
        return [f"Found the photo bucket {self._calls.bucket} in {region}."]

    def _create_bucket(self) -> list[str]:
        bucket, region = self._calls.bucket, self._calls.region
        location = {"CreateBucketConfiguration": {"LocationConstraint": region}}
        try:
            self._calls.call("create_bucket", **({} if region == "us-east-1" else location))
        except StorageUnavailable as error:
            raise self._calls.unavailable(
                "create_bucket",
                (
                    f"{error.reason}. The bucket could not be created. Create it with: aws s3 "
                    f"mb s3://{bucket} --region {region}"
                ),
            ) from error
        return [
            f"Created the photo bucket {bucket} in {region}.",
            self._block_public_access(),
            self._keep_old_versions(),
        ]

    def _block_public_access(self) -> str:
        block_all = dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"),
            True,
        )
        try:
            self._calls.call("put_public_access_block", PublicAccessBlockConfiguration=block_all)
        except StorageUnavailable as error:
            return f"Its public access could not be blocked ({error.reason}): block it yourself."
        return "All public access to it is blocked."

    def _keep_old_versions(self) -> str:
        """Keep what is replaced or deleted for as long as the CloudFormation template does.

        Forgetting comes first: versions that nobody forgets would keep the photos of those who
        asked to be erased.
        """
        forget = {
            "Rules": [
                {
                    "ID": "ForgetOldVersions",
                    "Status": "Enabled",
                    "Filter": {"Prefix": ""},
                    "NoncurrentVersionExpiration": {"NoncurrentDays": _OLD_VERSION_DAYS},
                    "Expiration": {"ExpiredObjectDeleteMarker": True},
                },
            ]
        }
        try:
            self._calls.call("put_bucket_lifecycle_configuration", LifecycleConfiguration=forget)
            self._calls.call("put_bucket_versioning", VersioningConfiguration={"Status": "Enabled"})
        except StorageUnavailable as error:
            return (
                f"Photos that are replaced or deleted could not be kept ({error.action}: "
                f"{error.reason}): turn on its versioning, with a rule that deletes noncurrent "
                f"versions after {_OLD_VERSION_DAYS} days."
            )
        return f"Photos that are replaced or deleted can be restored for {_OLD_VERSION_DAYS} days."

    def origin(self) -> str:
        """Return the origin of all URLs."""
        return self._url_signer().origin

    def _url_signer(self) -> UrlSigner:
        with self._lock:
            if self._signer is None:
                self._signer = UrlSigner(self._calls.bucket_url(), self._calls.region)
            return self._signer
