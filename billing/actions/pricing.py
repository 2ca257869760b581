"""Price work: make the open charges of contracts what they should be."""

from billing.actions.steps.ceilings import settle_ceilings
from billing.actions.steps.gaps import has_open_gaps, settle_gaps
from billing.actions.steps.locking import lock_contracts
from billing.drafting.build import recalculate
from billing.events import ChargesPriced
from billing.pricing import engine
from billing.pricing.scope import Scope
from contracts.models import Contract
from core.actors import Actor
from core.events import Happening, record_all
from core.verbs import verb

BATCH = 50


@verb
def price(scope: Scope, *, actor: Actor, reason: str = "") -> engine.Outcome:
    """Price a scope under a lock per contract. Idempotent: nothing changed means nothing is written.

    Records one charge.priced per contract that changed. Work without a price becomes exceptions with
    hours and money at risk, closed by themselves when the gap is filled; so does work over a ceiling.
    """
    contracts = lock_contracts(scope.contract_ids)
    if scope.sources and has_open_gaps(scope.contract_ids):
        scope = scope.whole()
    outcome = engine.run(scope)
    record_all(
        Happening(
            "contracts.contract",
            change.contract_id,
            ChargesPriced(
                contracts[change.contract_id].code,
                change.added,
                change.changed,
                change.removed,
                change.waived,
                change.amount,
                contracts[change.contract_id].currency_id,
            ),
            contracts[change.contract_id].legal_entity_id,
        )
        for change in outcome.changes
    )
    if outcome.whole:
        settle_gaps(scope.contract_ids, outcome.gaps, actor=actor)
        settle_ceilings(scope.contract_ids, outcome.ceilings, actor=actor)
    recalculate(outcome.proposal_ids, actor=actor)
    return outcome


def price_everything(*, actor: Actor) -> int:
    """Price every contract, in batches that each hold only their own locks; return how many changed.

    The nightly safety net: in a healthy system it finds nothing to do.
    """
    ids = list(
        Contract.objects.exclude(status__in=["draft", "in_review", "cancelled"]).values_list("pk", flat=True)
    )
    changed = 0
    for start in range(0, len(ids), BATCH):
        changed += len(price(Scope.of(ids[start : start + BATCH]), actor=actor).changes)
    return changed
