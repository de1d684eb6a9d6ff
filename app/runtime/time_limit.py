"""A limit of the time that a caller waits for a call whose own timeouts do not bound it."""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def call_within(seconds: float, call: Callable[[], T], *, name: str) -> T:
    """Return what the call returns. Raises what it raises, or TimeoutError after ``seconds``.

    It runs in a daemon thread of this name, because a name server that does not answer, and an
    answer that arrives byte by byte, outlast the timeouts of a socket. A call that is late goes on
    until it ends by itself, and nobody waits for it.
    """
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(call())
        except BaseException as error:  # noqa: BLE001 (raised again by the caller)
            errors.append(error)

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not results:
        raise TimeoutError(f"no whole answer within {seconds:g} seconds")
    return results[0]
