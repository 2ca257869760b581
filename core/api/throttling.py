"""A limit of requests per client and minute, told in headers."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView

WINDOW = 60
log = logging.getLogger(__name__)


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

    All processes count together, on the broker's server. While it is away everything is allowed: a
    limit protects the service and must not end it.
    """

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the request and say whether it is within the limit of its kind."""
        usual = "reading" if request.method in {"GET", "HEAD"} else "writing"
        kind = getattr(view, "rate", "") or usual
        limit: int = settings.API_RATES[kind]
        now = int(time.time())
        self.resets_in = WINDOW - now % WINDOW
        try:
            used = _count(f"rate:{kind}:{_client(request)}:{now // WINDOW}")
        except (RedisError, OSError) as error:
            log.warning("a request was not counted, as the counter is away: %s", error)
            return True
        request._request.allowance = Allowance(limit, max(limit - used, 0), self.resets_in)  # type: ignore[attr-defined]
        return used <= limit

    def wait(self) -> float:
        """Return the seconds until the minute is over."""
        return self.resets_in


def _count(counter: str) -> int:
    cache.add(counter, 0, WINDOW + 1)
    return cache.incr(counter)


def _client(request: Request) -> str:
    if request.user and request.user.is_authenticated:
        return str(request.user.pk)
    return str(request.META.get("REMOTE_ADDR", ""))
