"""Presigned links: the same for an hour, and signed as AWS's own library signs."""

from datetime import UTC, datetime, timedelta

import botocore.auth
import botocore.session
import pytest
from botocore.config import Config

from app.storage.aws.presigned_urls import Credentials, UrlSigner

KEY = "employee_pic/0123456789abcdef.png"
NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
SIGNER = UrlSigner("https://photos.s3.us-west-2.amazonaws.com", "us-west-2")
LASTING = Credentials("KEYID", "secret", None, None)


def after(minutes: float, credentials: Credentials = LASTING) -> tuple[str, int]:
    return SIGNER.sign(KEY, "image/png", credentials, NOON + timedelta(minutes=minutes))


@pytest.mark.parametrize("token", [None, "FwoGZXIvYXdzE//+token=="])
def test_a_link_is_the_one_that_botocore_makes_at_the_full_hour(monkeypatch, token):
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: NOON.replace(tzinfo=None))
    session = botocore.session.get_session()
    client = session.create_client(
        "s3",
        region_name="us-west-2",
        aws_access_key_id="KEYID",
        aws_secret_access_key="secret",
        aws_session_token=token,
        config=Config(signature_version="s3v4", s3={"addressing_style": "virtual"}),
    )
    theirs = client.generate_presigned_url(
        "get_object",
        Params={
            "Bucket": "photos",
            "Key": KEY,
            "ResponseContentType": "image/png",
            "ResponseContentDisposition": "inline",
        },
        ExpiresIn=7200,
    )
    ours, _ = after(17, Credentials("KEYID", "secret", token, None))
    assert parts(ours) == parts(theirs)


def parts(url: str) -> tuple[str, list[str]]:
    address, _, query = url.partition("?")
    return address, sorted(query.split("&"))


def test_a_photo_has_the_same_link_for_an_hour():
    links = {after(minutes)[0] for minutes in (0, 1, 30, 59.99)}
    assert len(links) == 1
    assert after(60)[0] not in links


def test_a_browser_keeps_a_link_for_less_than_it_works():
    for minutes in (0, 1, 30, 59.99):
        works = 120 * 60 - minutes * 60
        assert 0 < after(minutes)[1] <= 3600 < works


def test_a_browser_keeps_a_link_no_longer_than_its_credentials_live():
    ends = NOON + timedelta(minutes=30)
    role = Credentials("KEYID", "secret", "token", ends)
    assert after(0, role)[1] == 29 * 60
    assert after(29.5, role)[1] == 0
    assert after(31, role)[1] == 0


def test_a_token_whose_end_is_not_told_is_kept_for_five_minutes():
    assert after(0, Credentials("KEYID", "secret", "token", None))[1] == 300


def test_the_origin_is_the_host_of_the_links():
    assert SIGNER.origin == "https://photos.s3.us-west-2.amazonaws.com"
    assert UrlSigner("http://127.0.0.1:9000/photos", "x").origin == "http://127.0.0.1:9000"
