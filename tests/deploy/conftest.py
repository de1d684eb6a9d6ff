"""What several tests of a deployment ask."""

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest

from tests.runtime.test_ec2_metadata import ImdsServer
from tests.support.machines.imds import MachineImds


@pytest.fixture
def metadata() -> Iterator[str]:
    """The address of a metadata service like EC2's."""
    server: ThreadingHTTPServer = ImdsServer(("127.0.0.1", 0), MachineImds)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
