"""The week sheet: what one worker recorded in one week, as rows and days."""

import hashlib
from collections.abc import Iterable

from timesheets.models import TimeEntry


def fingerprint(entries: Iterable[TimeEntry]) -> str:
    """Return what tells whether a week changed since somebody looked at it."""
    seen = sorted(f"{entry.pk}:{entry.version}" for entry in entries)
    return hashlib.sha256(" ".join(seen).encode()).hexdigest()[:16]
