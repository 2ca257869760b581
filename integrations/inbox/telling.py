"""Write back to the system of a deal what became of it: what it should know, less what it was told."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from integrations.adapters import CallFailed, DealSource
from integrations.connectors import connected_source
from integrations.inbox.intake import Clock, Connect
from integrations.models import MirroredDeal, System
from integrations.queries.told import Told, what_deals_should_know
from integrations.relay.backoff import retry_wait


def tell_back(system: System, *, connect: Connect = connected_source, clock: Clock = timezone.now) -> int:
    """Tell the system contract, projects and status of each deal where they changed; return how many."""
    due = list(_due(system, clock))
    if not due:
        return 0
    with connect(system) as source:
        return sum(_tell(source, row, should, clock) for row, should in due)


def _due(system: System, clock: Clock) -> Iterator[tuple[MirroredDeal, Told]]:
    waiting = Q(tell_again_at=None) | Q(tell_again_at__lte=clock())
    rows = list(MirroredDeal.objects.filter(waiting, system=system, deal_id__isnull=False).order_by("pk"))
    should = what_deals_should_know(row.deal_id for row in rows)
    for row in rows:
        told = should.get(row.deal_id) if row.deal_id else None
        if told is not None and told != row.told:
            yield row, told


def _tell(source: DealSource, row: MirroredDeal, should: Told, clock: Clock) -> int:
    mirrored = MirroredDeal.objects.filter(pk=row.pk)
    try:
        theirs = source.write_back(row.external_id, should)
    except CallFailed as failed:
        failures = row.tell_failures + 1
        again = clock() + timedelta(seconds=retry_wait(failures))
        mirrored.update(tell_failures=failures, tell_again_at=again, error=str(failed)[:400])
        return 0
    # Nothing but our own words changed where the version moved by one: their echo is no news then.
    echo = {"theirs_version": theirs.version} if theirs.version == row.theirs_version + 1 else {}
    mirrored.update(told=should, told_at=clock(), tell_failures=0, tell_again_at=None, error="", **echo)
    return 1
