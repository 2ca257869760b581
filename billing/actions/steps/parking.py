"""Contracts a run had to leave out: kept on the run, and as exceptions with the money they hold back."""

import uuid
from collections.abc import Collection

from billing.drafting.build import Failure
from billing.models import BillingRun, RunFailure
from contracts.models import Contract
from core.actors import Actor
from core.exceptions import OPEN_STATES, Cause, close_exceptions, open_exception
from core.models import ExceptionItem

FLOW = "billing_run"
TEAMS = {"tax_unresolved": "data_steward", "fx_missing": "data_steward"}
TITLES = {
    "tax_unresolved": "No tax rule answers for {customer}",
    "fx_missing": "No exchange rate {detail}",
    "negative_total": "Open charges below zero",
    "credit_above_nothing": "A credit above zero",
    "too_many_charges": "Too many charges for one document",
}


def park(
    run: BillingRun, failures: Collection[Failure], *, looked_at: Collection[uuid.UUID], actor: Actor
) -> None:
    """Keep the failures of a batch and close the exceptions of contracts that could be proposed now."""
    contracts = Contract.objects.select_related("customer").in_bulk(
        [failure.contract_id for failure in failures]
    )
    RunFailure.objects.bulk_create(
        [
            RunFailure(run=run, contract_id=failure.contract_id, code=failure.code, sentence=failure.sentence)
            for failure in failures
        ],
        ignore_conflicts=True,
    )
    keys = set()
    for failure in failures:
        contract = contracts[failure.contract_id]
        keys.add(key := f"{failure.code}:{contract.pk}")
        open_exception(
            Cause(
                code=failure.code,
                key=key,
                title=TITLES[failure.code].format(customer=contract.customer.name, detail=failure.detail),
                object_type="contracts.contract",
                object_id=contract.pk,
                object_label=str(contract),
                subject_label=contract.customer.name,
                contract_id=contract.pk,
                legal_entity_id=contract.legal_entity_id,
                flow=FLOW,
                team=TEAMS.get(failure.code, "finance"),
                money_at_risk=failure.amount,
                currency=failure.currency,
                evidence={"sentence": failure.sentence, "detail": failure.detail, "run": run.number},
            ),
            actor=actor,
        )
    settled = ExceptionItem.objects.filter(flow=FLOW, contract_id__in=looked_at, state__in=OPEN_STATES)
    gone = set(settled.values_list("cause_key", flat=True)) - keys
    close_exceptions(gone, actor=actor, resolution=f"{run.number} could propose the contract.")
