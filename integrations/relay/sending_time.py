"""How long a worker may still begin to send under its lease.

A worker may stand still at any line and go on minutes later, when another has taken over, found nothing
and sent the document itself. So the time is asked for when the request is written to the socket. It ends
well before the lease: what went out in time has arrived, or was dropped by the kernel, before the lease
is over and anybody looks.
"""

import time
from collections.abc import Callable
from datetime import datetime

from integrations.relay.backoff import LEASE

SEND_WITHIN = LEASE / 2


def sending_time(clock: Callable[[], datetime], since: datetime) -> Callable[[], bool]:
    """Return a question, asked at the socket: may a message marked at `since` still be sent?

    Two clocks have to agree: one may be set back, the other may stand still.
    """
    until, allowed, began = since + SEND_WITHIN, SEND_WITHIN.total_seconds(), _uptime()
    return lambda: clock() < until and _uptime() - began < allowed


def _uptime() -> float:
    """Return seconds that also pass while the machine sleeps, where the system counts them."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
