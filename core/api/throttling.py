"""A limit of requests per client and minute, told in headers."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView

WINDOW = 60


@dataclass(frozen=True)
class Allowance:
    """What a client may still ask in the current minute."""

    limit: int
    remaining: int
    resets_in: int

    def headers(self) -> dict[str, str]:
        """Return the headers that tell the client."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.resets_in),
        }


class PerClient(BaseThrottle):
    """Count requests per client and kind of work, so that batches and reports have their own limit.

    Counters live in each server process: a firm with n processes allows up to n times the limit.
    """

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the request and say whether it is within the limit of its kind."""
        usual = "reading" if request.method in {"GET", "HEAD"} else "writing"
        kind = getattr(view, "rate", "") or usual
        limit: int = settings.API_RATES[kind]
        now = int(time.time())
        self.resets_in = WINDOW - now % WINDOW
        counter = f"rate:{kind}:{_client(request)}:{now // WINDOW}"
        cache.add(counter, 0, WINDOW + 1)
        used = cache.incr(counter)
        request._request.allowance = Allowance(limit, max(limit - used, 0), self.resets_in)  # type: ignore[attr-defined]
        return used <= limit

    def wait(self) -> float:
        """Return the seconds until the minute is over."""
        return self.resets_in


def _client(request: Request) -> str:
    if request.user and request.user.is_authenticated:
        return str(request.user.pk)
    return str(request.META.get("REMOTE_ADDR", ""))
