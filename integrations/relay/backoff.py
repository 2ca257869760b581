"""When a message is tried again. Pure; seconds."""

import random
from datetime import datetime, timedelta

RETRY_BASE = 5
RETRY_CAP = 3600
RETRY_BUDGET = 48 * 3600
FIND_AFTER = (30, 120, 600, 3600, 6 * 3600)
BREAKER_AFTER = 5
BREAKER_BASE = 30
BREAKER_CAP = 600
THROTTLE_DEFAULT = 30
LEASE = timedelta(minutes=2)


def retry_wait(attempt: int, dice: random.Random | None = None) -> int:
    """Return the wait before the next try: full jitter below 5 s × 2^attempts, at most an hour."""
    ceiling = min(RETRY_CAP, RETRY_BASE * 2 ** min(attempt, 20))
    return (dice or random.SystemRandom()).randint(1, ceiling)


def budget_spent(waited: int, next_wait: int) -> bool:
    """Say whether another wait would go beyond 48 hours of retrying."""
    return waited + next_wait > RETRY_BUDGET


def find_wait(finds: int) -> int:
    """Return the wait before looking for the document again: 30 s, 2 min, 10 min, 1 h, then 6 h."""
    return FIND_AFTER[min(finds, len(FIND_AFTER) - 1)]


def finds_used_up(finds: int) -> bool:
    """Say whether a person has to look: every scheduled find came back empty."""
    return finds >= len(FIND_AFTER)


def breaker_wait(failures: int) -> int:
    """Return how long a system rests after so many failed calls in a row; 0 below the threshold."""
    if failures < BREAKER_AFTER:
        return 0
    return int(min(BREAKER_CAP, BREAKER_BASE * 2 ** min(failures - BREAKER_AFTER, 10)))


def in_seconds(now: datetime, seconds: int) -> datetime:
    """Return the moment that many seconds from now."""
    return now + timedelta(seconds=seconds)
