"""Deliver what is due: system by system, batch by batch, until nothing is left or the time is up."""

import logging
import os
import socket
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from django.utils import timezone

from integrations.adapters import Adapter
from integrations.connectors import connected
from integrations.models import System
from integrations.relay.claiming import admitted, claim, give_back, is_paused, release_expired
from integrations.relay.delivering import Carrier, Clock, worker_name

Connect = Callable[[System], AbstractContextManager[Adapter]]
SECONDS = 45
log = logging.getLogger(__name__)


def deliver_due(*, connect: Connect = connected, clock: Clock = timezone.now, seconds: int = SECONDS) -> int:
    """Deliver due messages of every system, beside other workers; return how many were tried."""
    release_expired(now=clock())
    worker = worker_name(socket.gethostname(), os.getpid())
    until = time.monotonic() + seconds
    tried = 0
    for system in System.objects.order_by("code"):
        while time.monotonic() < until:
            count = _deliver_batch(system, worker, connect, clock)
            if not count:
                break
            tried += count
    return tried


def _deliver_batch(system: System, worker: str, connect: Connect, clock: Clock) -> int:
    limit = admitted(system.pk, now=clock())
    claimed = claim(system.pk, worker=worker, now=clock(), limit=limit) if limit else []
    if not claimed:
        return 0
    with connect(system) as adapter:
        for place, delivery in enumerate(claimed):
            Carrier(delivery, adapter, clock=clock).carry()
            if is_paused(system.pk, now=clock()):
                give_back(claimed[place + 1 :])
                break
    return len(claimed)
