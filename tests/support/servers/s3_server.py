"""A real S3 server: SeaweedFS, which checks signatures, presigned links and their age too."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import boto3
import urllib3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.support.needs import find
from tests.support.servers.server_process import HOST, ServerProcess, free_port

PURPOSE = "an S3 server"
GRPC = 10_000  # each port of SeaweedFS takes the number so far above it as well
GROW_BY_ONE = "[master.volume_growth]\ncopy_1 = 1\n"  # each bucket begins with one file, not seven


@contextmanager
def running_s3_server(folder: Path) -> Iterator[str]:
    """The endpoint of an S3 server of our own, without buckets; stopped at the end.

    It takes the dummy credentials of `tests.support.environment` and no others.
    """
    weed = find("weed", PURPOSE)
    data = folder / "s3-data"
    data.mkdir()
    (folder / "master.toml").write_text(GROW_BY_ONE)
    ports = {name: free_port(apart=GRPC) for name in ("master", "volume", "filer", "s3")}
    server = ServerProcess(
        [weed, "server", *_options(data), *(f"-{name}.port={n}" for name, n in ports.items())],
        folder=folder,
        log=folder / "s3-server.log",
    )
    try:
        endpoint = f"http://{HOST}:{ports['s3']}"
        server.wait_until(lambda: _answers(ports["s3"]))
        server.wait_until(lambda: _keeps_objects(endpoint))
        yield endpoint
    finally:
        server.stop(seconds=2)


def _options(data: Path) -> list[str]:
    return [
        f"-dir={data}",
        f"-ip={HOST}",
        f"-ip.bind={HOST}",
        "-s3",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-master.telemetry=false",
        "-volume.max=2000",
        "-master.volumeSizeLimitMB=64",
    ]


def _answers(port: int) -> bool:
    """It turns away a request without a signature, once it knows whom to let in."""
    try:
        reply = urllib3.request("GET", f"http://{HOST}:{port}/", timeout=2, retries=False)
    except urllib3.exceptions.HTTPError:
        return False
    return reply.status == 403


def _keeps_objects(endpoint: str) -> bool:
    """It stores an object: its parts answer seconds before they have found one another."""
    client = boto3.client("s3", endpoint_url=endpoint, config=Config(retries={"max_attempts": 0}))
    bucket = f"first-{uuid4()}"
    try:
        client.create_bucket(Bucket=bucket)
        client.put_object(Bucket=bucket, Key="object", Body=b"x")
        client.delete_object(Bucket=bucket, Key="object")
        client.delete_bucket(Bucket=bucket)
    except (BotoCoreError, ClientError):
        return False
    finally:
        client.close()
    return True
