"""Carry due steps of processes, batch by batch, until nothing is left or the time is up."""

import os
import socket
import time

from django.utils import timezone

from integrations.relay.calling import Clock
from integrations.relay.carrying import StepCarrier
from integrations.relay.leasing import claim_steps, release_expired_steps
from integrations.relay.loop import SECONDS, worker_name
from integrations.relay.working import Connections

CONNECTIONS = Connections()


def run_due_steps(
    *, connections: Connections = CONNECTIONS, clock: Clock = timezone.now, seconds: int = SECONDS
) -> int:
    """Carry due steps as far as they go, beside other workers; return how many were tried."""
    release_expired_steps(now=clock())
    worker = worker_name(socket.gethostname(), os.getpid())
    until = time.monotonic() + seconds
    tried = 0
    while time.monotonic() < until:
        claimed = claim_steps(worker=worker, now=clock())
        if not claimed:
            break
        for step in claimed:
            StepCarrier(step, connections=connections, clock=clock).carry()
        tried += len(claimed)
    return tried
