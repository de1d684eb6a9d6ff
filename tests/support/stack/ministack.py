"""ministack, an emulator of AWS, in an environment of its own and on this machine only."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import urllib3

from tests.support.environment import isolated
from tests.support.servers.server_process import HOST, ServerProcess, free_port
from tests.support.stack.environments import installed

PURPOSE = "ministack, which creates and deletes the whole stack"


@contextmanager
def running_ministack(folder: Path) -> Iterator[str]:
    """The endpoint of a ministack of our own, empty; stopped at the end."""
    program = installed("ministack", PURPOSE)
    port = free_port()
    server = ServerProcess(
        [str(program)],
        folder=folder,
        log=folder / "ministack.log",
        environment=isolated({"BIND_HOST": HOST, "GATEWAY_PORT": str(port)}),
    )
    try:
        server.wait_until(lambda: _answers(port))
        yield f"http://{HOST}:{port}"
    finally:
        server.stop(seconds=5)


def _answers(port: int) -> bool:
    url = f"http://{HOST}:{port}/_ministack/health"
    try:
        return urllib3.request("GET", url, timeout=2, retries=False).status == 200
    except urllib3.exceptions.HTTPError:
        return False
