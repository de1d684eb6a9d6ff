"""Photos in a private S3 bucket; browsers read them by presigned links.

IAM: s3:PutObject, s3:GetObject and s3:DeleteObject on ``<bucket>/employee_pic/*``, s3:ListBucket on
the bucket; ``flask setup`` makes a missing bucket with s3:CreateBucket and
s3:PutBucketPublicAccessBlock. S3 encrypts every object by itself. A link works for one to two
hours, or until the credentials that signed it end.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from app.contracts import PhotoLink
from app.model.errors import PhotoNotFound, StorageUnavailable
from app.photos.keys import is_photo_key
from app.storage.aws.presigned_urls import LinkMaker
from app.storage.aws.s3_client import S3Calls

_PREFIX = "employee_pic/"
_KEYS_A_CALL = 1000
_KEPT_FOR_EVER = "private, max-age=31536000, immutable"


def open_s3_store(bucket: str, region: str) -> S3Photos:
    """The photos in this bucket, of which nothing is asked yet; no region: AWS's own rule."""
    return S3Photos(S3Calls(bucket, region))


class S3Photos:
    """A PhotoStore; see app/contracts for what it promises."""

    def __init__(self, calls: S3Calls) -> None:
        self._calls = calls
        self._links: LinkMaker | None = None
        self._lock = threading.Lock()

    def put(self, key: str, image: bytes) -> None:
        """Store an image, which browsers may keep for ever, since its key never gets another."""
        if not is_photo_key(key):
            raise ValueError(f"not a photo key: {key!r}")
        self._calls.ask(
            "put_object",
            Key=key,
            Body=image,
            ContentType="image/jpeg",
            CacheControl=_KEPT_FOR_EVER,
        )

    def get(self, key: str) -> bytes:
        """The bytes of this photo."""
        if not is_photo_key(key):
            raise PhotoNotFound(key)
        try:
            image: bytes = self._calls.ask("get_object", Key=key)
        except StorageUnavailable as error:
            if error.reason == "NoSuchKey":
                raise PhotoNotFound(key) from error
            raise
        return image

    def delete(self, keys: Iterable[str]) -> None:
        """Remove these photos, a thousand a call; what is no photo key names nothing here."""
        left = (key for key in keys if is_photo_key(key))
        while names := list(islice(left, _KEYS_A_CALL)):
            objects = {"Objects": [{"Key": name} for name in names], "Quiet": True}
            answer = self._calls.ask("delete_objects", Delete=objects)
            for refusal in answer.get("Errors", ()):
                raise self._calls.refused("delete_objects", refusal.get("Code", "unknown error"))

    def locate(self, key: str) -> PhotoLink:
        """A link to the photo; whether it is there is not asked."""
        if not is_photo_key(key):
            raise PhotoNotFound(key)
        return PhotoLink(*self._link_maker().link(key, self._calls.signer()))

    def iter_keys(self) -> Iterator[tuple[str, datetime]]:
        """Every photo, with the time it was stored; a thousand a call."""
        more: dict[str, Any] = {}
        while True:
            page = self._calls.ask("list_objects_v2", Prefix=_PREFIX, **more)
            for found in page.get("Contents", ()):
                if is_photo_key(found["Key"]):
                    yield found["Key"], found["LastModified"]
            if not page.get("IsTruncated"):
                return
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def check(self) -> None:
        """The bucket answers, within a second."""
        self._calls.probe()

    def set_up(self) -> list[str]:
        """Find the bucket, or make a private one. Never changes one that is there."""
        try:
            found = self._calls.ask("head_bucket")
        except StorageUnavailable as error:
            if error.reason != "NoSuchBucket":
                raise
            return self._make_bucket()
        where = found.get("BucketRegion") or self._calls.region
        return [f"The photo bucket {self._calls.bucket} is there, in {where}."]

    def _make_bucket(self) -> list[str]:
        bucket, region = self._calls.bucket, self._calls.region
        place = {} if region == "us-east-1" else {"LocationConstraint": region}
        try:
            self._calls.ask(
                "create_bucket", **({"CreateBucketConfiguration": place} if place else {})
            )
        except StorageUnavailable as error:
            raise self._calls.refused(
                "create_bucket",
                f"{error.reason}. The bucket is not there and could not be made; make it with: "
                f"aws s3 mb s3://{bucket} --region {region}",
            ) from error
        return [f"Made the photo bucket {bucket} in {region}.", self._close_bucket()]

    def _close_bucket(self) -> str:
        nobody = dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"),
            True,
        )
        try:
            self._calls.ask("put_public_access_block", PublicAccessBlockConfiguration=nobody)
        except StorageUnavailable as error:
            return f"Its public access could not be blocked ({error.reason}): block it by hand."
        return "All public access to it is blocked."

    def origin(self) -> str:
        """The origin of all links."""
        return self._link_maker().origin

    def _link_maker(self) -> LinkMaker:
        with self._lock:
            if self._links is None:
                self._links = LinkMaker(self._calls.address(), self._calls.region)
            return self._links
