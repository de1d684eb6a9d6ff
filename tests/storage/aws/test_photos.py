"""What is peculiar to photos in S3: faults of the network and of AWS, credentials, the bucket."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import botocore.session
import pytest
import urllib3
from botocore.credentials import Credentials, RefreshableCredentials

from app.model.errors import StorageUnavailable
from app.runtime import deadline
from app.storage.aws import photos
from app.storage.aws.photos import S3Photos, open_s3_store
from tests.support.aws_errors import s3_error
from tests.support.in_time import LATE, assert_ends_within
from tests.support.servers.fault_proxy import FaultProxy
from tests.support.servers.http_messages import Reply, Request

pytestmark = pytest.mark.slow

BUCKET, REGION = "photos", "us-west-2"
KEY = f"employee_pic/{'0a' * 16}.jpg"
NOWHERE = "http://127.0.0.1:9"
IMAGE = b"\xff\xd8\xff an image"


@pytest.fixture
def proxy(fault_proxy, monkeypatch) -> FaultProxy:
    """S3 as the test has it answer; nothing stands behind it."""
    started = fault_proxy(NOWHERE)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", started.endpoint)
    return started


@pytest.fixture
def store() -> S3Photos:
    return open_s3_store(BUCKET, REGION)


def answer(status: int, headers: dict[str, str] | None = None, body: str = ""):
    """An answer of S3 with these headers."""

    def make(request: Request) -> Reply:
        raw = b"" if request.method == "HEAD" else body.encode()
        lines = {"Content-Length": str(len(raw)), **(headers or {})}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return Reply(status, f"HTTP/1.1 {status} So\r\n{head}\r\n".encode() + raw)

    return make


def refusal(call, *arguments: object) -> StorageUnavailable:
    with pytest.raises(StorageUnavailable) as caught:
        call(*arguments)
    error = caught.value
    assert (error.service, error.resource) == ("the photo store", BUCKET)
    assert not error.maybe_written
    return error


def listed(store: S3Photos) -> list[object]:
    return list(store.iter_keys())


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("AccessDenied", 403),
        ("NoSuchBucket", 404),
        ("ExpiredToken", 400),
        ("InvalidAccessKeyId", 403),
        ("SignatureDoesNotMatch", 403),
        ("RequestTimeTooSkewed", 403),
    ],
)
def test_a_refusal_of_s3_names_the_action_the_bucket_and_the_reason(proxy, store, code, status):
    proxy.on().answer(s3_error(code, status))
    error = refusal(store.put, KEY, b"image")
    assert (error.action, error.reason) == ("s3:PutObject", code)
    assert refusal(store.delete, [KEY]).action == "s3:DeleteObject"
    assert refusal(listed, store).action == "s3:ListBucket"
    assert proxy.count() == 3


@pytest.mark.parametrize(("status", "reason"), [(404, "NoSuchBucket"), (403, "AccessDenied")])
def test_a_check_tells_a_missing_bucket_from_a_forbidden_one(proxy, store, status, reason):
    proxy.on("HEAD").answer(answer(status))
    error = refusal(store.check)
    assert (error.action, error.reason) == ("s3:ListBucket", reason)


@pytest.mark.parametrize(("method", "status"), [("PUT", 301), ("HEAD", 301), ("HEAD", 400)])
def test_a_bucket_of_another_region_is_named_and_not_followed(proxy, store, method, status):
    body = "<Error><Code>PermanentRedirect</Code><Message>Elsewhere</Message></Error>"
    proxy.on().answer(answer(status, {"x-amz-bucket-region": "eu-west-1"}, body))
    error = refusal(*((store.put, KEY, b"image") if method == "PUT" else (store.check,)))
    assert "the bucket is in eu-west-1" in error.reason
    assert "but the directory uses us-west-2" in error.reason
    assert proxy.count() == 1


def test_a_key_signed_for_another_region_is_told_as_such(proxy, store):
    body = (
        "<Error><Code>AuthorizationHeaderMalformed</Code><Message>the region is wrong</Message>"
        "<Region>eu-west-1</Region></Error>"
    )
    proxy.on().answer(answer(400, {}, body))
    assert "another region" in refusal(store.put, KEY, b"image").reason
    assert proxy.count() == 1


@pytest.mark.parametrize("code", ["SlowDown", "InternalError", "ServiceUnavailable"])
def test_s3_that_falters_once_is_asked_again(proxy, store, code):
    proxy.on("PUT").answer(s3_error(code, 503), times=1)
    proxy.on("PUT").answer(answer(200))
    store.put(KEY, b"image")
    assert proxy.count() == 2


@pytest.mark.parametrize(
    "fault",
    [
        s3_error("SlowDown", 503),
        s3_error("InternalError", 500),
        answer(503),
        answer(503, {"Content-Type": "text/html"}, "<html><h1>Service Unavailable</h1></html>"),
        answer(502, {"Content-Type": "text/html"}, "<html><h1>Bad Gateway</h1></html>"),
    ],
)
def test_errors_of_s3_are_waited_out(proxy, store, fault):
    for method in ("PUT", "GET", "POST"):
        proxy.on(method).answer(fault, times=4)
    proxy.on("GET").answer(answer(200, {}, "image"))
    proxy.on("POST").answer(answer(200, {}, "<DeleteResult></DeleteResult>"))
    proxy.on().answer(answer(200))
    with deadline.within(8.0):
        store.put(KEY, b"image")
        assert store.get(KEY) == b"image"
        store.delete([KEY])
    assert proxy.count() == 15


def test_s3_that_keeps_faltering_is_asked_as_long_as_the_deadline_leaves_room(proxy, store):
    proxy.on("PUT").answer(s3_error("SlowDown", 503))

    def put() -> None:
        with deadline.within(4.0):
            assert refusal(store.put, KEY, b"image").reason == "SlowDown"

    assert_ends_within(2.0, put)
    assert proxy.count() > 3


def test_what_s3_cannot_do_is_told_at_once(proxy, store):
    proxy.on("PUT").answer(s3_error("NotImplemented", 501))
    assert refusal(store.put, KEY, b"image").reason == "NotImplemented"
    assert proxy.count() == 1


def test_an_answer_that_is_no_answer_of_s3_is_told_as_unavailable(proxy, store):
    proxy.on("GET").answer(answer(200, {}, "<html>not a list"))
    assert refusal(listed, store).action == "s3:ListBucket"


def test_after_a_hang_s3_is_not_asked_again_until_a_probe_is_answered(proxy, store):
    proxy.on("HEAD").hang()
    proxy.on("PUT").hang()

    def put() -> None:
        with deadline.within(8.0):
            refusal(store.put, KEY, b"image")

    put()
    puts = proxy.count("PUT")
    assert_ends_within(1.0, put)
    assert proxy.count("PUT") == puts == 1
    assert proxy.count("HEAD") >= 1
    proxy.recover()
    proxy.on().answer(answer(200))
    with deadline.within(8.0):
        store.put(KEY, b"image")


def test_a_hanging_source_of_credentials_holds_nobody_up_for_long(proxy, store, monkeypatch):
    entered, gate = threading.Event(), threading.Event()

    def get_credentials() -> None:
        entered.set()
        gate.wait(60)

    monkeypatch.setattr(store._calls._get_session(), "get_credentials", get_credentials)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(refusal, store.locate, KEY)
        assert entered.wait(60)
        others = [threads.submit(refusal, store.locate, KEY) for _ in range(3)]
        told = {each.result(2 + LATE).reason for each in others}
        assert not first.done()
        gate.set()
        assert "no AWS credentials" in first.result(60).reason
    assert told == {"no answer from the source of the AWS credentials"}


def test_a_reset_connection_is_tried_again(proxy, store):
    proxy.on("PUT").reset(times=1)
    proxy.on("PUT").answer(answer(200))
    store.put(KEY, b"image")


def test_a_refused_connection_is_told_at_once(proxy, store):
    proxy.refuse()
    assert_ends_within(1, lambda: refusal(store.put, KEY, b"image"))
    assert_ends_within(1, lambda: refusal(store.check))


def test_s3_works_again_after_it_did_not(proxy, store):
    proxy.refuse()
    refusal(store.put, KEY, b"image")
    proxy.recover()
    proxy.on("PUT").answer(answer(200))
    store.put(KEY, b"image")


@pytest.mark.slow
def test_s3_that_hangs_is_left_within_the_time_of_a_request(proxy, store):
    proxy.on().hang()
    deadline_of_a_request = 8

    def put_and_delete() -> None:
        with deadline.within(deadline_of_a_request):
            refusal(store.put, KEY, b"image")
            refusal(store.delete, [KEY])

    assert_ends_within(deadline_of_a_request, put_and_delete)


def test_a_check_of_s3_that_hangs_ends_within_about_a_second(proxy, store):
    proxy.on().answer(answer(200), times=1)
    store.check()
    proxy.on().hang()
    assert_ends_within(1.2, lambda: refusal(store.check))


def test_a_request_without_time_left_asks_nothing(proxy, store):
    with deadline.within(2.9):
        error = refusal(store.put, KEY, b"image")
    assert "ran out of time" in error.reason
    assert proxy.count() == 0


def test_one_refused_key_of_many_is_an_error(proxy, store):
    body = f"<DeleteResult><Error><Key>{KEY}</Key><Code>AccessDenied</Code></Error></DeleteResult>"
    proxy.on("POST").answer(answer(200, {}, body))
    error = refusal(store.delete, [KEY])
    assert (error.action, error.reason) == ("s3:DeleteObject", "AccessDenied")


def test_without_credentials_every_call_says_what_to_do(proxy, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    store = open_s3_store(BUCKET, REGION)
    assert store.origin() == proxy.endpoint
    calls = ((store.put, (KEY, b"image")), (store.locate, (KEY,)), (store.check, ()))
    for call, arguments in calls:
        assert "no AWS credentials" in refusal(call, *arguments).reason
    assert proxy.count() == 0


def test_credentials_that_come_later_are_taken(proxy, monkeypatch):
    key = "AWS_ACCESS_KEY_ID"
    monkeypatch.delenv(key)
    store = open_s3_store(BUCKET, REGION)
    refusal(store.put, KEY, b"image")
    monkeypatch.setenv(key, "testing")
    proxy.on("PUT").answer(answer(200))
    store.put(KEY, b"image")


@pytest.mark.parametrize("bucket", ["no/such", "UPPER case", "a", "<bucket>"])
def test_a_name_that_no_bucket_can_have_is_refused_in_our_words(proxy, bucket):
    store = open_s3_store(bucket, REGION)
    for call, arguments in ((store.put, (KEY, b"image")), (store.check, ())):
        with pytest.raises(StorageUnavailable):
            call(*arguments)


def test_opening_asks_nothing_and_imports_no_aws_library():
    command = (
        "import sys; from app.storage.aws.photos import open_s3_store;"
        "open_s3_store('photos', ''); sys.exit('botocore' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", command], check=False).returncode == 0


@pytest.mark.parametrize(
    ("bucket", "region", "origin"),
    [
        ("photos", "us-west-2", "https://photos.s3.us-west-2.amazonaws.com"),
        ("photos", "us-east-1", "https://photos.s3.amazonaws.com"),
        ("my.photos", "eu-west-1", "https://s3.eu-west-1.amazonaws.com"),
        ("photos", "cn-north-1", "https://photos.s3.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_links_lead_to_the_bucket_of_its_own_region(bucket, region, origin):
    store = open_s3_store(bucket, region)
    assert store.origin() == origin
    assert store.locate(KEY).url.startswith(f"{origin}/")


def test_without_a_region_aws_s_own_setting_decides(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    assert "eu-north-1" in str(open_s3_store(BUCKET, "").origin())
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert "us-east-1" in open_s3_store(BUCKET, "").locate(KEY).url


def lend(store: S3Photos, credentials: Credentials) -> None:
    """Let the store work with these credentials from now on."""
    store._calls._get_session()._credentials = credentials


def test_links_are_signed_with_the_credentials_of_the_moment(store):
    lend(store, Credentials("FIRST", "secret"))
    first = store.locate(KEY)
    lend(store, Credentials("SECOND", "secret", "a token/of+theirs="))
    second = store.locate(KEY)
    assert "X-Amz-Credential=FIRST%2F" in first.url
    assert "X-Amz-Credential=SECOND%2F" in second.url
    assert "X-Amz-Security-Token=a%20token%2Fof%2Btheirs%3D" in second.url


def test_a_link_is_kept_no_longer_than_the_credentials_of_a_role_live(store, monkeypatch):
    # Of the hour that is signed two minutes are left: in the last one a link is kept for less.
    moment = datetime.now(UTC).replace(minute=58, second=0, microsecond=0)
    monkeypatch.setattr(photos, "datetime", SimpleNamespace(now=lambda zone: moment))
    for minutes, most in ((45, 44 * 60), (400, 3600)):
        ends = moment + timedelta(minutes=minutes)
        role = RefreshableCredentials("ROLE", "secret", "token", ends, dict, "a role")
        lend(store, role)
        assert most - 10 <= store.locate(KEY).seconds <= most


def test_a_role_that_cannot_be_renewed_is_told(store):
    def refuse() -> dict[str, str]:
        raise botocore.exceptions.CredentialRetrievalError(provider="a role", error_msg="no answer")

    ended = datetime.now(UTC) - timedelta(minutes=1)
    lend(store, RefreshableCredentials("ROLE", "secret", "token", ended, refuse, "a role"))
    assert "no answer" in refusal(store.locate, KEY).reason
    assert "no answer" in refusal(store.put, KEY, b"image").reason


@pytest.fixture
def aws() -> Iterator[object]:
    """AWS in this process."""
    from moto import mock_aws

    with mock_aws():
        yield botocore.session.get_session().create_client("s3", region_name=REGION)


def test_a_missing_bucket_is_made_private(aws, store):
    sentences = store.set_up()
    assert sentences == [
        "Created the photo bucket photos in us-west-2.",
        "All public access to it is blocked.",
        "Photos that are replaced or deleted can be restored for 30 days.",
    ]
    blocked = aws.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    assert set(blocked.values()) == {True}
    assert aws.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    rules = aws.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    assert rules[0]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
    assert store.set_up() == ["Found the photo bucket photos in us-west-2."]


def test_a_bucket_that_is_there_keeps_its_settings(aws, store):
    aws.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    store.set_up()
    with pytest.raises(aws.exceptions.ClientError, match="NoSuchPublicAccessBlock"):
        aws.get_public_access_block(Bucket=BUCKET)


def test_a_bucket_can_be_made_in_the_region_that_takes_no_name(aws):
    assert "us-east-1" in open_s3_store(BUCKET, "us-east-1").set_up()[0]


def test_a_photo_is_stored_as_a_jpeg_that_browsers_keep(aws, store):
    store.set_up()
    store.put(KEY, b"image")
    stored = aws.head_object(Bucket=BUCKET, Key=KEY)
    assert stored["ContentType"] == "image/jpeg"
    assert stored["CacheControl"] == "private, max-age=31536000, immutable"


def test_a_bucket_that_may_not_be_made_comes_with_the_command_that_makes_it(proxy, store):
    proxy.on("HEAD").answer(answer(404))
    proxy.on("PUT").answer(s3_error("AccessDenied", 403))
    error = refusal(store.set_up)
    assert error.action == "s3:CreateBucket"
    assert "aws s3 mb s3://photos --region us-west-2" in error.reason


def test_a_server_that_cannot_block_public_access_is_told_of(proxy, store):
    proxy.on("HEAD").answer(answer(404))
    proxy.on("PUT", path="*publicAccessBlock*").answer(s3_error("NotImplemented", 501))
    proxy.on("PUT").answer(answer(200))
    assert "block it yourself" in store.set_up()[1]


def test_old_versions_are_kept_only_where_they_are_forgotten(proxy, store):
    proxy.on("HEAD").answer(answer(404))
    proxy.on("PUT", path="*lifecycle*").answer(s3_error("AccessDenied", 403))
    proxy.on("PUT").answer(answer(200))
    sentence = store.set_up()[2]
    assert "s3:PutLifecycleConfiguration: AccessDenied" in sentence
    assert "turn on its versioning" in sentence
    assert not [request for request in proxy.requests if "versioning" in request.path]


def test_a_photo_that_was_deleted_comes_back_from_its_old_version(aws, store):
    store.set_up()
    store.put(KEY, IMAGE)
    store.delete([KEY])
    (marker,) = aws.list_object_versions(Bucket=BUCKET)["DeleteMarkers"]
    aws.delete_object(Bucket=BUCKET, Key=KEY, VersionId=marker["VersionId"])
    assert store.get(KEY) == IMAGE


def test_a_bucket_of_someone_else_is_no_success(proxy, store):
    proxy.on("HEAD").answer(answer(403))
    assert refusal(store.set_up).reason == "AccessDenied"
    assert proxy.count("PUT") == 0


@pytest.mark.slow
def test_a_real_server_gives_photos_for_good_links_only(s3_server, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3_server)
    store = open_s3_store("photos-by-link", REGION)
    store.set_up()
    put_patiently(store, KEY, IMAGE)
    link = store.locate(KEY).url
    assert fetched(link) == (200, IMAGE)
    assert fetched(link.partition("?")[0])[0] == 403
    assert fetched(link[:-3] + "bad")[0] == 403
    assert fetched(link.replace("0a0a.jpg", "0b0b.jpg"))[0] == 403
    long_ago = datetime.now(UTC) - timedelta(hours=3)
    old, _ = store._url_signer().sign(KEY, "image/jpeg", store._calls.credentials(), long_ago)
    assert fetched(old)[0] == 403


def put_patiently(store: S3Photos, key: str, image: bytes) -> None:
    """The first object of a bucket takes this server longer than our time limit."""
    for _ in range(5):
        try:
            return store.put(key, image)
        except StorageUnavailable:
            time.sleep(0.5)
    return store.put(key, image)


def fetched(url: str) -> tuple[int, bytes]:
    reply = urllib3.request("GET", url, retries=False)
    return reply.status, reply.data


@pytest.mark.slow
def test_a_photo_whose_reply_was_lost_is_put_again(s3_server, fault_proxy, monkeypatch):
    proxy = fault_proxy(s3_server)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.endpoint)
    store = open_s3_store("photos-with-lost-replies", REGION)
    store.set_up()
    put_patiently(store, KEY, b"first")
    proxy.on("PUT").lose_reply(times=1)
    store.put(KEY, IMAGE)
    assert [key for key, _ in store.iter_keys()] == [KEY]
    assert fetched(store.locate(KEY).url) == (200, IMAGE)
