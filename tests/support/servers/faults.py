"""The script of a fault proxy: what goes wrong, for which requests, how often."""

import fnmatch
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from tests.support.aws_errors import MakeReply
from tests.support.servers.http_messages import Reply, Request

Matches = Callable[[Request], bool]


class Exchange(Protocol):
    """One request on one connection, and what can be done with it."""

    @property
    def request(self) -> Request: ...
    def forward(self) -> Reply: ...
    def send(self, reply: Reply) -> None: ...
    def cut(self, reply: Reply) -> None: ...
    def reset(self) -> None: ...
    def hang(self) -> None: ...
    def wait(self, seconds: float) -> None: ...


Fault = Callable[[Exchange], None]
# Does a fault to the exchanges under way that match, and to connections that wait for a request.
Seize = Callable[[Matches, Fault], None]


def pass_on(exchange: Exchange) -> None:
    exchange.send(exchange.forward())


def reset(exchange: Exchange) -> None:
    exchange.reset()


def hang(exchange: Exchange) -> None:
    exchange.hang()


class Gate:
    """Holds requests until a test opens it."""

    def __init__(self) -> None:
        self._reached = threading.Event()
        self._opened = threading.Event()

    def wait_until_reached(self, seconds: float = 60) -> None:
        assert self._reached.wait(seconds), f"no request came in {seconds} s"

    def open(self) -> None:
        self._opened.set()

    def pass_through(self) -> None:
        self._reached.set()
        self._opened.wait()


@dataclass
class Rule:
    """One fault for some requests; `hits` counts how often it struck."""

    matches: Matches
    fault: Fault
    times: int | None
    after: int
    hits: int = 0

    def strikes(self, request: Request) -> bool:
        if self.hits == self.times or not self.matches(request):
            return False
        if self.after:
            self.after -= 1
            return False
        self.hits += 1
        return True


@dataclass
class Script:
    """Rules in the order in which they were written; the first that strikes decides."""

    rules: list[Rule] = field(default_factory=list)
    gates: list[Gate] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def on(
        self, operation: str | Matches = "*", path: str = "*", seize: Seize | None = None
    ) -> "Clause":
        """Begin a rule: for a DynamoDB operation, an HTTP method and path, or any test of yours."""
        if callable(operation):
            return Clause(self, operation, seize)
        return Clause(self, lambda request: _is(request, operation, path), seize)

    def choose(self, request: Request) -> Fault:
        with self._lock:
            return next((rule.fault for rule in self.rules if rule.strikes(request)), pass_on)

    def add(self, rule: Rule) -> Rule:
        with self._lock:
            self.rules.append(rule)
        return rule

    def clear(self) -> None:
        with self._lock:
            self.rules.clear()
            for gate in self.gates:
                gate.open()


@dataclass(frozen=True)
class Clause:
    """`proxy.on("TransactWriteItems")` ... and the verbs that may follow.

    Each takes `times` (None: always) and `after` (let so many pass first). After `proxy.seize(...)`
    the fault strikes what is under way too: then the server may or may not have done it.
    """

    script: Script
    matches: Matches
    seize: Seize | None = None

    def reset(self, times: int | None = None, after: int = 0) -> Rule:
        """Reset the connection; the server never sees the request."""
        return self._do(reset, times, after, late=reset)

    def hang(self, times: int | None = None, after: int = 0) -> Rule:
        """Never answer; the server never sees the request."""
        return self._do(hang, times, after, late=hang)

    def slow_down(self, seconds: float, times: int | None = None, after: int = 0) -> Rule:
        """Wait, then pass it on."""

        def fault(exchange: Exchange) -> None:
            exchange.wait(seconds)
            pass_on(exchange)

        return self._do(fault, times, after)

    def lose_reply(self, times: int | None = None, after: int = 0) -> Rule:
        """The server does it; then the connection is reset."""

        def fault(exchange: Exchange) -> None:
            exchange.forward()
            exchange.reset()

        return self._do(fault, times, after, late=reset)

    def never_reply(self, times: int | None = None, after: int = 0) -> Rule:
        """The server does it; the client hears nothing and runs into its time limit."""

        def fault(exchange: Exchange) -> None:
            exchange.forward()
            exchange.hang()

        return self._do(fault, times, after, late=hang)

    def cut_reply(self, times: int | None = None, after: int = 0) -> Rule:
        """The server does it; the connection is reset in the middle of the reply."""
        return self._do(lambda exchange: exchange.cut(exchange.forward()), times, after)

    def answer(self, make_reply: MakeReply, times: int | None = None, after: int = 0) -> Rule:
        """Say no in AWS's place (see `aws_errors`); the server never sees the request."""

        def fault(exchange: Exchange) -> None:
            exchange.send(make_reply(exchange.request))

        return self._do(fault, times, after)

    def replace_reply(
        self, make_reply: MakeReply, times: int | None = None, after: int = 0
    ) -> Rule:
        """The server does it; the client is told this."""

        def fault(exchange: Exchange) -> None:
            exchange.forward()
            exchange.send(make_reply(exchange.request))

        return self._do(fault, times, after)

    def hold(self, times: int | None = 1, after: int = 0) -> Gate:
        """Stop the request at a gate, before the server sees it, until the test opens it."""
        gate = self._new_gate()

        def fault(exchange: Exchange) -> None:
            gate.pass_through()
            pass_on(exchange)

        self._do(fault, times, after)
        return gate

    def hold_reply(self, times: int | None = 1, after: int = 0) -> Gate:
        """The server does it; its reply waits at a gate until the test opens it."""
        gate = self._new_gate()

        def fault(exchange: Exchange) -> None:
            reply = exchange.forward()
            gate.pass_through()
            exchange.send(reply)

        self._do(fault, times, after)
        return gate

    def _new_gate(self) -> Gate:
        gate = Gate()
        self.script.gates.append(gate)
        return gate

    def _do(self, fault: Fault, times: int | None, after: int, late: Fault | None = None) -> Rule:
        rule = self.script.add(Rule(self.matches, fault, times, after))
        if self.seize is not None:
            assert late is not None, "this fault cannot seize what is under way"
            assert times is None, "what is under way is not counted"
            assert not after, "what is under way is not counted"
            self.seize(self.matches, late)
        return rule


def _is(request: Request, operation: str, path: str) -> bool:
    return operation in ("*", request.operation) and fnmatch.fnmatchcase(request.path, path)
