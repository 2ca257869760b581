"""Compare a month with the ERP: ask for it, complete it, sign it off."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from core.actors import Actor
from core.errors import Invalid, NotFound, Refusal
from core.events import record
from core.models import LegalEntity
from core.permissions import require
from core.reactions import wake
from core.rows import locked
from core.verbs import verb
from integrations.actions.steps.breaks import LIVE, apply_differences
from integrations.adapters import TheirDocument
from integrations.events import (
    AboutRun,
    DocumentsMirrored,
    ReconciliationCompleted,
    ReconciliationFailed,
    ReconciliationRequested,
    ReconciliationSignedOff,
)
from integrations.matching.invoices import Comparison, compare
from integrations.matching.mirror import lose, upsert
from integrations.models import Break, ReconciliationRun, Route, System
from integrations.states import BreakState

WAKE = "integrations.tasks.reconcile_requested"
PATIENCE = timedelta(minutes=10)


class NotRouted(Invalid):
    """The legal entity's invoices do not go to this system."""

    code = "not_routed"


class BreaksLeft(Refusal):
    """A month with open differences is not signed off."""

    code = "breaks_left"


class NotCompared(Refusal):
    """There is no finished comparison to sign off."""

    code = "not_compared"


class DoesNotAddUp(RuntimeError):
    """The breaks do not explain the difference of the totals: a fault in our matching."""


@verb
def request_reconciliation(
    system_id: uuid.UUID, *, legal_entity_id: uuid.UUID, month: date, actor: Actor
) -> ReconciliationRun:
    """Ask for a comparison of a legal entity's month; one that is still on its way is returned instead.

    The ERP is read and compared by a worker. Records reconciliation.requested.
    """
    require(actor, "reconciliation.work", legal_entity_id)
    system = locked(System, system_id)
    entity = LegalEntity.objects.filter(pk=legal_entity_id).first()
    if entity is None:
        raise NotFound("No such legal entity.")
    if not Route.objects.filter(system=system, legal_entity=entity).exists():
        raise NotRouted(f"Invoices of {entity} do not go to {system}.", field="legal_entity")
    now, first = timezone.now(), month.replace(day=1)
    waiting = ReconciliationRun.objects.filter(
        system=system,
        legal_entity=entity,
        month=first,
        completed_at=None,
        error="",
        started_at__gte=now - PATIENCE,
    ).first()
    if waiting:
        return waiting
    run = ReconciliationRun.objects.create(system=system, legal_entity=entity, month=first, started_at=now)
    record(run, ReconciliationRequested(**_about(run)), legal_entity_id=entity.pk)
    transaction.on_commit(lambda: wake(WAKE))
    return run


@verb
def complete_reconciliation(
    run_id: uuid.UUID,
    *,
    documents: Sequence[TheirDocument],
    gone: Sequence[str] = (),
    read_at: datetime,
    actor: Actor,
) -> ReconciliationRun:
    """Compare what was read with our released documents and bring the breaks up to date.

    `documents` is everything the system holds of the month, `gone` what it no longer has. Refuses to commit
    figures that do not add up: per currency, ours − theirs is the sum of the live breaks.
    Records reconciliation.completed, and an event for each break that changed.
    """
    run = _open_run(run_id)
    if run.completed_at:
        return run
    changed, lost = upsert(run.system, documents, read_at), lose(run.system, gone, read_at)
    if changed or lost:
        record(run.system, DocumentsMirrored(run.system.code, len(changed), changed[:100], lost[:100]))
    comparison = compare(run.system, run.legal_entity, run.month)
    apply_differences(run, comparison.differences, actor=actor)
    _check_sums(run, comparison)
    run.read_at, run.completed_at = read_at, timezone.now()
    run.totals = {totals.currency: totals.as_json() for totals in comparison.totals}
    run.matched, run.breaks = comparison.matched, _live(run).exclude(state=BreakState.EXPLAINED).count()
    run.save(update_fields=["read_at", "completed_at", "totals", "matched", "breaks"])
    record(
        run,
        ReconciliationCompleted(**_about(run), matched=run.matched, breaks=run.breaks),
        legal_entity_id=run.legal_entity_id,
    )
    return run


@verb
def fail_reconciliation(run_id: uuid.UUID, *, error: str, actor: Actor) -> ReconciliationRun:
    """Note that the other side could not be read; earlier breaks stand. Records reconciliation.failed."""
    run = _open_run(run_id)
    if run.completed_at or run.error:
        return run
    run.error = error[:400]
    run.save(update_fields=["error"])
    record(run, ReconciliationFailed(**_about(run), error=run.error), legal_entity_id=run.legal_entity_id)
    return run


@verb
def sign_off_reconciliation(run_id: uuid.UUID, *, actor: Actor, reason: str = "") -> ReconciliationRun:
    """Vouch that nothing is left open in the month; refused while breaks remain. By a person.

    Records reconciliation.signed_off.
    """
    run = _open_run(run_id)
    require(actor, "reconciliation.work", run.legal_entity_id)
    if run.signed_off_at:
        return run
    if run.completed_at is None or actor.user is None:
        raise NotCompared("Compare the month first, then sign it off.")
    left = _live(run).exclude(state=BreakState.EXPLAINED).count()
    if left:
        raise BreaksLeft(f"{left} {'break is' if left == 1 else 'breaks are'} left: settle them first.")
    run.signed_off_by, run.signed_off_at = actor.user, timezone.now()
    run.save(update_fields=["signed_off_by", "signed_off_at"])
    record(run, ReconciliationSignedOff(**_about(run)), legal_entity_id=run.legal_entity_id)
    return run


def _open_run(run_id: uuid.UUID) -> ReconciliationRun:
    """Lock the run, after its system: two comparisons of one system never interleave."""
    system_id = ReconciliationRun.objects.filter(pk=run_id).values_list("system_id", flat=True).first()
    if system_id is None:
        raise NotFound("No such reconciliation.")
    locked(System, system_id)
    locked(ReconciliationRun, run_id)
    return ReconciliationRun.objects.select_related("system", "legal_entity").get(pk=run_id)


def _live(run: ReconciliationRun) -> QuerySet[Break]:
    return Break.objects.filter(
        system=run.system_id, legal_entity=run.legal_entity_id, month=run.month, state__in=LIVE
    )


def _check_sums(run: ReconciliationRun, comparison: Comparison) -> None:
    rows = _live(run).values_list("currency").annotate(net=Sum("difference"), tax=Sum("tax_difference"))
    explained = {currency: (net, tax) for currency, net, tax in rows}
    for totals in comparison.totals:
        gap = (totals.our_net - totals.their_net, totals.our_tax - totals.their_tax)
        if gap != explained.get(totals.currency, (Decimal(0), Decimal(0))):
            raise DoesNotAddUp(f"{run}: {totals.currency} is off by {gap}, its breaks explain {explained}.")


def _about(run: ReconciliationRun) -> dict[str, Any]:
    return vars(AboutRun(run.kind, run.system.code, run.legal_entity.code, run.month))
