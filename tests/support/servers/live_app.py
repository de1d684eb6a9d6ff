"""The real app: under gunicorn in processes of its own, or in a thread of the test."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import urllib3
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.support.servers.server_process import HOST, ServerProcess, free_port
from tests.support.servers.warm_process import PythonProcess

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class LiveApp:
    """The app under gunicorn, as in production; `kill()` is `kill -9` of all its processes."""

    def __init__(
        self,
        settings: Mapping[str, str],
        *,
        log: Path,
        workers: int = 1,
        threads: int = 8,
        port: int | None = None,
    ) -> None:
        self.settings = dict(settings)
        self.log = log
        self.workers = workers
        self.threads = threads
        self.port = port or free_port()
        self._server: ServerProcess | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def server(self) -> ServerProcess:
        assert self._server is not None, "the app was not started"
        return self._server

    def start(self) -> None:
        """Start it, or start it again on the same port; returns when it answers /healthz."""
        options = {"bind": f"{HOST}:{self.port}", "workers": self.workers, "threads": self.threads}
        self._server = PythonProcess(
            *("-m", "gunicorn"),
            *(f"--{name}={value}" for name, value in options.items()),
            "application:application",
            log=self.log,
            settings=self.settings,
        )
        self._server.wait_until(self._answers)

    def stop(self) -> None:
        self.server.stop()

    def kill(self) -> None:
        self.server.kill()

    def _answers(self) -> bool:
        try:
            reply = urllib3.request("GET", f"{self.url}/healthz", timeout=2, retries=False)
        except urllib3.exceptions.HTTPError:
            return False
        return reply.status == 200


class ClosingHandler(WSGIRequestHandler):
    """Closes an answer whose reader went away, as gunicorn does and Werkzeug's handler may not."""

    def connection_dropped(
        self, error: BaseException, environ: "WSGIEnvironment | None" = None
    ) -> None:
        if environ and hasattr(environ.get(ANSWER), "close"):
            environ[ANSWER].close()


ANSWER = "tests.answer"


@contextmanager
def app_in_thread(app: "WSGIApplication") -> Iterator[str]:
    """The address of an app made by the test, served by a thread: for pages in a browser."""

    def kept(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        answer = environ[ANSWER] = app(environ, start)
        return answer

    server = make_server(HOST, 0, kept, threaded=True, request_handler=ClosingHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
