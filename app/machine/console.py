"""The console: this machine, its load test, and the other machines of the directory."""

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
from app.machine.visitors import Visitors
from app.model.errors import StorageUnavailable
from app.runtime import deadline, ec2_metadata
from app.runtime.runtime_dir import RuntimeDir
from app.runtime.ttl import TtlValue
from app.runtime.version import version
from app.settings import Settings

log = logging.getLogger(__name__)

_MAX_READ_SECONDS = 3.5
_CACHE_SECONDS = 1.0


class FleetState(NamedTuple):
    """The machines sorted by name; ``error`` says why the others could not be read, if so."""

    machines: list[Heartbeat]
    error: str = ""


class Console:
    """The state and actions of the console on this machine; nothing is read until used.

    ``stress`` is None if load tests are off. Without a store of heartbeats the fleet is only this
    machine.
    """

    def __init__(
        self,
        settings: Settings,
        heartbeats: HeartbeatStore | None,
        sign_key: Callable[[], str],
    ) -> None:
        self.folder = RuntimeDir(settings.instance_folder)
        self.stress = LoadTest(self.folder) if settings.stress else None
        # Replaced by what counts the requests of all workers.
        self.count_requests: Callable[[], int] = lambda: 0
        self.visitors = Visitors(self.folder)
        self.heartbeats = heartbeats
        self._rates = RateMeter(self.folder, lambda: self.count_requests())
        self._sign_key = sign_key
        self._fleet: TtlValue[FleetState] = TtlValue(_CACHE_SECONDS)

    def load(self) -> Load | None:
        """Return the load test that runs on this machine, if any."""
        return self.stress.running() if self.stress else None

    def current_machine(self) -> Heartbeat:
        """Return the heartbeat of this machine as it is now."""
        instance = ec2_metadata.current_machine()
        rates, load, memory = self._rates.read(), self.load(), procfs.memory()
        averages = procfs.load_averages() or (None, None, None)
        return Heartbeat(
            machine=machine_name(),
            at=time.time(),
            zone=instance.zone if instance else "",
            type=instance.type if instance else "",
            region=instance.region if instance else "",
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
        """Return every machine seen lately, with this one as it is now."""
        others = self._others()
        machines = [machine for machine in others.machines if machine.machine != this.machine]
        return FleetState(sort_by_name([*machines, this]), others.error)

    def send_heartbeat(self) -> None:
        """Store the heartbeat, and stop the load test if another machine requested it.

        Raises StorageUnavailable.
        """
        if self.heartbeats is None:
            return
        this = self.current_machine()
        stop_requested_at = self.heartbeats.put(this)
        load_since = this.load_since
        # An older request was about an earlier load test.
        if stop_requested_at and self.stress and load_since and stop_requested_at > load_since:
            log.info("the load test was stopped by another machine")
            self.stress.stop()

    def request_stop(self, machine: str) -> bool:
        """Request that a machine stops its load test; return False if it is unknown."""
        return self.heartbeats is not None and self.heartbeats.request_stop(machine)

    def _others(self) -> FleetState:
        heartbeats = self.heartbeats
        if heartbeats is None:
            return FleetState([])

        def read(last: FleetState | None) -> FleetState:
            try:
                with deadline.within(_MAX_READ_SECONDS):
                    return FleetState(heartbeats.all())
            except StorageUnavailable as error:
                log.warning("the list of machines could not be read: %s", error)
                return FleetState(last.machines if last else [], error.reason)

        return self._fleet.get(read)

    def _key_mark(self) -> str:
        """Return a short HMAC that shows whether machines sign with the same key."""
        if self.heartbeats is None:
            return ""
        try:
            key = self._sign_key()
        except StorageUnavailable:
            return ""
        return hmac.new(key.encode(), b"which key", hashlib.sha256).hexdigest()[:8]


def machine_name() -> str:
    """Return the instance id on EC2, otherwise the host name."""
    instance = ec2_metadata.current_machine()
    return instance.instance_id if instance else socket.gethostname()[:64] or "unnamed"
