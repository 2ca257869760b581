"""Find deals that no webhook brought: everything changed since the last sweep, with an overlap."""

import logging
from datetime import datetime, timedelta

from django.utils import timezone

from core.verbs import acting
from integrations.actions.intake import tell_unreadable
from integrations.adapters import CallFailed, DealSource
from integrations.connectors import connected_source
from integrations.inbox.intake import INTAKE, Clock, Connect, NoMapping, take_in
from integrations.models import System
from integrations.sandbox_crm.mapping import CannotRead

OVERLAP = timedelta(minutes=10)
log = logging.getLogger(__name__)


def sweep_deals(system: System, *, connect: Connect = connected_source, clock: Clock = timezone.now) -> int:
    """Take in every deal that changed since the cursor; return how many were news.

    The cursor moves when all of it is in, so a crash means reading again, never skipping. A deal that
    cannot be read is told to somebody and holds back the cursor, but not the others.
    """
    unreadable: list[str] = []
    try:
        with connect(system) as source:
            news, latest = _read(system, source, unreadable, clock)
    except CallFailed as failed:
        log.warning("%s could not be swept: %s", system.code, failed)
        return 0
    tell_unreadable(system.pk, sentence=" ".join(unreadable)[:400], actor=INTAKE)
    if unreadable:
        return news
    with acting(INTAKE):
        System.objects.filter(pk=system.pk).update(cursor=latest, cursor_read_at=clock())
    return news


def _read(system: System, source: DealSource, unreadable: list[str], clock: Clock) -> tuple[int, str]:
    since, latest, cursor, news = _since(system.cursor), system.cursor, "", 0
    while True:
        page = source.changed_since(since, cursor)
        for theirs in page.deals:
            try:
                news += take_in(system, theirs, now=clock())
            except (NoMapping, CannotRead) as error:
                unreadable.append(f"{theirs.external_id}: {error}")
            latest = max(latest, theirs.changed_at)
        cursor = page.cursor
        if not cursor:
            return news, latest


def _since(cursor: str) -> str:
    """Return the cursor less the overlap, in the form the system itself writes moments."""
    if not cursor:
        return ""
    return (datetime.fromisoformat(cursor) - OVERLAP).isoformat(timespec="milliseconds")
