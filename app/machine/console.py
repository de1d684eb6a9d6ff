"""The console: this machine, its load, and the other machines of the directory."""

from __future__ import annotations

import hashlib
import hmac
import logging
import socket
import time
from collections.abc import Callable
from typing import NamedTuple

from app.contracts.heartbeats import Heartbeat, HeartbeatStore, sort_by_name
from app.machine import procfs
from app.machine.load_process import count_cores
from app.machine.load_test import Load, LoadTest
from app.machine.metrics import RateMeter
from app.machine.request_counter import RequestCounter
from app.model.errors import StorageUnavailable
from app.runtime import deadline, ec2_metadata
from app.runtime.runtime_dir import RuntimeDir
from app.runtime.ttl import TtlValue
from app.runtime.version import version
from app.settings import Settings

log = logging.getLogger(__name__)

_FLEET_SECONDS = 3.5
_REMEMBERED_SECONDS = 1.0


class FleetState(NamedTuple):
    """The machines, in order; ``trouble`` says why others than this one could not be read."""

    machines: list[Heartbeat]
    trouble: str = ""


class Console:
    """What the console shows and does on this machine; makes nothing and asks nothing until used.

    ``stress`` is None where load tests are switched off. Without a store of heartbeats the fleet is
    this machine alone.
    """

    def __init__(
        self,
        settings: Settings,
        heartbeats: HeartbeatStore | None,
        sign_key: Callable[[], str],
    ) -> None:
        self.folder = RuntimeDir(settings.instance_folder)
        self.stress = LoadTest(self.folder) if settings.stress else None
        self.requests = RequestCounter(self.folder)
        self.heartbeats = heartbeats
        self._rates = RateMeter(self.folder, self.requests)
        self._sign_key = sign_key
        self._fleet: TtlValue[FleetState] = TtlValue(_REMEMBERED_SECONDS)

    def load(self) -> Load | None:
        """The load that runs on this machine."""
        return self.stress.running() if self.stress else None

    def current_machine(self) -> Heartbeat:
        """This machine as it is now."""
        found = ec2_metadata.current_machine()
        rates, load, memory = self._rates.read(), self.load(), procfs.memory()
        averages = procfs.load_averages() or (None, None, None)
        return Heartbeat(
            machine=machine_name(),
            at=time.time(),
            zone=found.zone if found else "",
            type=found.type if found else "",
            region=found.region if found else "",
            address=procfs.address(),
            version=version(),
            cores=count_cores(),
            cpu=rates.cpu,
            requests=rates.requests,
            load_1=averages[0],
            load_5=averages[1],
            load_15=averages[2],
            memory_used=memory.used if memory else None,
            memory_all=memory.all if memory else None,
            up_since=procfs.up_since(),
            load_since=load.since if load else None,
            load_until=load.until if load else None,
            load_program=load.program if load else "",
            key_mark=self._key_mark(),
        )

    def fleet(self, this: Heartbeat) -> FleetState:
        """Every machine that was heard of lately, with this one as it is now."""
        others = self._others()
        machines = [each for each in others.machines if each.machine != this.machine]
        return FleetState(sort_by_name([*machines, this]), others.trouble)

    def send_heartbeat(self) -> None:
        """Tell the others of this machine, and do what they ask. Raises StorageUnavailable."""
        if self.heartbeats is None:
            return
        this = self.current_machine()
        asked_at = self.heartbeats.put(this)
        load_since = this.load_since
        # A word that was left before this load began was about an earlier one.
        if asked_at and self.stress and load_since and asked_at > load_since:
            log.info("the load test was stopped by another machine")
            self.stress.stop()

    def request_stop(self, machine: str) -> bool:
        """Leave word for another machine; False where there is no way, or no such machine."""
        return self.heartbeats is not None and self.heartbeats.request_stop(machine)

    def _others(self) -> FleetState:
        heartbeats = self.heartbeats
        if heartbeats is None:
            return FleetState([])

        def read(last: FleetState | None) -> FleetState:
            try:
                with deadline.within(_FLEET_SECONDS):
                    return FleetState(heartbeats.all())
            except StorageUnavailable as error:
                log.warning("the list of machines could not be read: %s", error)
                return FleetState(last.machines if last else [], error.reason)

        return self._fleet.get(read)

    def _key_mark(self) -> str:
        """A mark by which machines see that they sign with the same key, and nothing of the key."""
        if self.heartbeats is None:
            return ""
        try:
            key = self._sign_key()
        except StorageUnavailable:
            return ""
        return hmac.new(key.encode(), b"which key", hashlib.sha256).hexdigest()[:8]


def machine_name() -> str:
    """The instance id on EC2, else the name of the host."""
    found = ec2_metadata.current_machine()
    return found.instance_id if found else socket.gethostname()[:64] or "unnamed"
