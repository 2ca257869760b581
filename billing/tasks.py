"""Celery entry points of billing."""

from celery import shared_task
from django.utils import timezone

from billing.actions.pricing import price
from billing.actions.runs import complete_run, propose_contracts
from billing.models import BillingRun
from billing.pricing.scope import Scope
from billing.queries.open_charges import contracts_due_until, contracts_with_open_charges
from billing.states import RunStatus
from core.actors import Actor
from core.locks import only_one

BATCH = 20


@shared_task(name="billing.tasks.advance_runs")
def advance_runs() -> None:
    """Propose the contracts of running billing runs; after a crash the next call goes on where it stopped."""
    for run in BillingRun.objects.filter(status=RunStatus.RUNNING).order_by("created_at"):
        with only_one(f"billing_run:{run.pk}") as alone:
            if alone:
                _advance(run)


def _advance(run: BillingRun) -> None:
    actor = Actor.of(run.prepared_by)
    _charge_what_falls_due(run)
    waiting = contracts_with_open_charges(run.legal_entity_id, run.cut_off)
    ids = list(waiting.exclude(pk__in=run.failures.values("contract_id")).values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        propose_contracts(run.pk, contract_ids=ids[start : start + BATCH], actor=actor)
    complete_run(run.pk, actor=actor)


def _charge_what_falls_due(run: BillingRun) -> None:
    """Charge the instalments between today and a cut-off that is ahead, so that the run bills them."""
    ahead = contracts_due_until(run.legal_entity_id, timezone.localdate(), run.cut_off)
    ids = list(ahead.values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        scope = Scope(frozenset(ids[start : start + BATCH]), until=run.cut_off)
        price(scope, actor=Actor.system("pricing"), reason=f"up to the cut-off of {run.number}")
