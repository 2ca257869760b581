"""Deliver what is due: system by system, wave by wave, until nothing is left or the time is up."""

import os
import socket
import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

from django.utils import timezone

from integrations.adapters import Adapter
from integrations.connectors import connected
from integrations.models import Delivery, System
from integrations.relay.calling import Caller, Clock
from integrations.relay.claiming import admitted, claim, release_expired
from integrations.relay.delivering import Wave
from integrations.relay.lanes import lanes

Connect = Callable[[System], AbstractContextManager[Adapter]]
SECONDS = 45


def deliver_due(*, connect: Connect = connected, clock: Clock = timezone.now, seconds: int = SECONDS) -> int:
    """Deliver due messages of every system, beside other workers; return how many were tried."""
    release_expired(now=clock())
    worker = worker_name(socket.gethostname(), os.getpid())
    until = time.monotonic() + seconds
    return sum(
        _deliver_to(system, worker, connect, clock, until) for system in System.objects.order_by("code")
    )


def _deliver_to(system: System, worker: str, connect: Connect, clock: Clock, until: float) -> int:
    """Deliver to one system, on connections that are kept from wave to wave."""
    claimed = _claim(system, worker, clock, until)
    if not claimed:
        return 0
    tried = 0
    with connect(system) as adapter, lanes(system.concurrency) as open_lanes:
        caller = Caller(adapter, clock)
        while claimed:
            Wave(system, caller, lanes=open_lanes, clock=clock).carry(claimed)
            tried += len(claimed)
            claimed = _claim(system, worker, clock, until)
    return tried


def _claim(system: System, worker: str, clock: Clock, until: float) -> list[Delivery]:
    if time.monotonic() >= until:
        return []
    limit = admitted(system.pk, now=clock())
    return claim(system.pk, worker=worker, now=clock(), limit=limit) if limit else []


def worker_name(hostname: str, process: int) -> str:
    """Return a name under which a worker holds leases, unique to this process."""
    return f"{hostname}:{process}:{uuid.uuid4().hex[:6]}"[:80]
