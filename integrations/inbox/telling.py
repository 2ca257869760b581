"""Write back to the system of a deal what became of it: what it should know, less what it was told."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from contracts.models import Deal
from integrations.adapters import CallFailed, DealSource
from integrations.connectors import connected_source
from integrations.inbox.intake import Clock, Connect
from integrations.models import MirroredDeal, System
from integrations.relay.backoff import retry_wait
from projects.models import Project

Told = dict[str, object]


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
    should = _should(row.deal_id for row in rows)
    for row in rows:
        told = should.get(row.deal_id) if row.deal_id else None
        if told is not None and told != row.told:
            yield row, told


def _should(deal_ids: Iterator[UUID | None]) -> dict[UUID, Told]:
    """Return what each deal's system should know; two queries for all of them."""
    deals = list(
        Deal.objects.filter(pk__in=list(deal_ids), contract__isnull=False).select_related("contract")
    )
    codes: dict[UUID, list[str]] = {}
    projects = Project.objects.filter(contract__in=[deal.contract_id for deal in deals]).order_by("code")
    for contract_id, code in projects.values_list("contract_id", "code"):
        codes.setdefault(contract_id, []).append(code)
    return {
        deal.pk: {
            "contract_code": deal.contract.code,
            "project_codes": codes.get(deal.contract.pk, []),
            "delivery_status": deal.contract.status,
        }
        for deal in deals
        if deal.contract
    }


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
