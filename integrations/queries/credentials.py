"""Live secrets of a system. They are read here, by code that needs them, and shown nowhere."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from integrations.models import Credential, System
from integrations.vault import Sealed, unseal


def live_credentials(system: System, purpose: str, *, now: datetime | None = None) -> QuerySet[Credential]:
    """Return the credentials that hold now, the newest first."""
    moment = now or timezone.now()
    live = Q(retires_at=None) | Q(retires_at__gt=moment)
    return Credential.objects.filter(live, system=system, purpose=purpose).order_by("-created_at")


def live_secrets(system: System, purpose: str, *, now: datetime | None = None) -> list[str]:
    """Return every secret that holds now, the newest first."""
    return [
        unseal(Sealed(row.key_id, bytes(row.box)), context=row.context)
        for row in live_credentials(system, purpose, now=now)
    ]


def live_secret(system: System, purpose: str) -> str:
    """Return the newest secret that holds now, or nothing."""
    return next(iter(live_secrets(system, purpose)), "")
