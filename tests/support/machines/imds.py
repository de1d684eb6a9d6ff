"""EC2's metadata service in a network of our own: the stand-in of test_instance, and a role."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler

from tests.runtime.test_ec2_metadata import TOKEN, Imds, ImdsServer
from tests.support.environment import DUMMY
from tests.support.machines.namespaces import METADATA, Network, inside

ROLE = "employee-directory"
PLACES = "/latest/meta-data"
PUBLIC_ADDRESS = "203.0.113.80"
INSTANCE_ID = "i-0123456789abcdef0"
CREDENTIALS = f"{PLACES}/iam/security-credentials/"


class MachineImds(Imds):
    """Also says the region and hands out the credentials of the machine's role."""

    def do_GET(self) -> None:
        body = page(self.path)
        if body is None or self.headers.get("X-aws-ec2-metadata-token") != TOKEN:
            super().do_GET()
        else:
            self.answer(200, body)


def page(path: str) -> str | None:
    ends = (datetime.now(UTC) + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        f"{PLACES}/placement/region": "us-west-2",
        f"{PLACES}/public-ipv4": PUBLIC_ADDRESS,
        f"{PLACES}/instance-id": INSTANCE_ID,
        CREDENTIALS: ROLE,
        CREDENTIALS + ROLE: (
            f'{{"Code": "Success", "AccessKeyId": "{DUMMY["AWS_ACCESS_KEY_ID"]}", '
            f'"SecretAccessKey": "{DUMMY["AWS_SECRET_ACCESS_KEY"]}", "Token": "", '
            f'"Expiration": "{ends}"}}'
        ),
    }.get(path)


@contextmanager
def running_imds(network: Network) -> Iterator[ImdsServer]:
    handler: type[BaseHTTPRequestHandler] = MachineImds
    server = inside(network.cloud, lambda: ImdsServer((METADATA, 80), handler))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
