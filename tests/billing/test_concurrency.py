"""Many workers at once: one price, one document, whoever comes first."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction

from billing.actions.posting import confirm_posting
from billing.actions.pricing import price
from billing.actions.proposals import (
    approve_proposals,
    discard_proposal,
    release_proposal,
    submit_proposals,
)
from billing.actions.runs import cancel_run, create_run, propose_contracts, start_run
from billing.actions.steps.locking import lock_contracts
from billing.models import Charge, Proposal
from billing.pricing.scope import Scope
from core.actors import Actor
from core.errors import Refusal
from core.models import Event
from reporting.invariants import offenders
from tests.billing.builders import PRICING, Agreement, person
from tests.billing.documents import tax_rule

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 3, 2)


def at_once(*actions: Callable[[], object]) -> list[object]:
    """Run actions in threads with a connection each; return results, refusals as themselves."""

    def alone(action: Callable[[], object]) -> object:
        try:
            return action()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(alone, actions))


def test_eight_passes_over_one_contract_price_every_hour_once() -> None:
    agreement = Agreement()
    agreement.rate("100")
    for day in range(1, 21):
        agreement.works("8", date(2026, 3, day))
    at_once(*[lambda: price(Scope.of([agreement.contract.pk]), actor=PRICING)] * 8)
    assert agreement.open_amounts() == [Decimal("800.00")] * 20
    assert Event.objects.filter(type="charge.priced").count() == 1
    assert offenders() == {}


def test_two_runs_over_the_same_charges_propose_them_once() -> None:
    agreement = Agreement()
    agreement.rate("100")
    agreement.works("8", DAY)
    agreement.price()
    tax_rule(agreement.contract)
    finance = Actor.of(person("finance"))
    runs = [
        create_run(agreement.contract.legal_entity_id, cut_off=DAY, document_date=DAY, actor=finance)
        for _ in range(4)
    ]
    for run in runs:
        start_run(run.pk, actor=finance)
    made = at_once(
        *[
            lambda run=run: propose_contracts(run.pk, contract_ids=[agreement.contract.pk], actor=finance)
            for run in runs
        ]
    )
    assert sorted(map(str, made)) == ["0", "0", "0", "1"]
    assert Proposal.objects.get().net == Decimal("800.00")
    assert offenders() == {}


def test_a_price_change_during_release_never_fixes_an_old_price() -> None:
    agreement = Agreement()
    agreement.rate("100")
    agreement.works("8", DAY)
    agreement.price()
    tax_rule(agreement.contract)
    finance, lead = Actor.of(person("finance")), Actor.of(person("finance_lead"))
    run = create_run(agreement.contract.legal_entity_id, cut_off=DAY, document_date=DAY, actor=finance)
    start_run(run.pk, actor=finance)
    propose_contracts(run.pk, contract_ids=[agreement.contract.pk], actor=finance)
    proposal = Proposal.objects.get()
    submit_proposals([proposal.pk], actor=finance)
    approve_proposals([proposal.pk], actor=lead)
    agreement.reprice("120", date(2026, 2, 1))
    at_once(
        lambda: release_proposal(proposal.pk, actor=finance),
        lambda: price(Scope.of([agreement.contract.pk]), actor=PRICING),
    )
    proposal.refresh_from_db()
    assert (proposal.status, proposal.net, proposal.approved_by) == ("draft", Decimal("960.00"), None)
    assert not Charge.objects.filter(fixed_at__isnull=False).exists()
    assert offenders() == {}


def test_two_answers_of_the_erp_post_once() -> None:
    agreement = Agreement()
    agreement.rate("100")
    agreement.works("8", DAY)
    agreement.price()
    tax_rule(agreement.contract)
    finance, lead = Actor.of(person("finance")), Actor.of(person("finance_lead"))
    run = create_run(agreement.contract.legal_entity_id, cut_off=DAY, document_date=DAY, actor=finance)
    start_run(run.pk, actor=finance)
    propose_contracts(run.pk, contract_ids=[agreement.contract.pk], actor=finance)
    proposal = Proposal.objects.get()
    submit_proposals([proposal.pk], actor=finance)
    approve_proposals([proposal.pk], actor=lead)
    release_proposal(proposal.pk, actor=finance)
    answers = at_once(
        lambda: confirm_posting(proposal.pk, erp_number="RE-1", posted_on=DAY, actor=PRICING),
        lambda: confirm_posting(proposal.pk, erp_number="RE-2", posted_on=DAY, actor=PRICING),
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["PostedTwice", "Proposal"]
    assert Event.objects.filter(type="invoice.posted").count() == 1


@pytest.mark.parametrize("verb", ["discard_proposal", "cancel_run"])
def test_charges_move_only_under_the_lock_of_their_contract(verb: str) -> None:
    agreement = Agreement()
    agreement.rate("100")
    agreement.works("8", DAY)
    agreement.price()
    tax_rule(agreement.contract)
    finance = Actor.of(person("finance"))
    run = create_run(agreement.contract.legal_entity_id, cut_off=DAY, document_date=DAY, actor=finance)
    start_run(run.pk, actor=finance)
    propose_contracts(run.pk, contract_ids=[agreement.contract.pk], actor=finance)
    proposal = Proposal.objects.get()
    give_up = {
        "discard_proposal": lambda: discard_proposal(proposal.pk, actor=finance, reason="not now"),
        "cancel_run": lambda: cancel_run(run.pk, actor=finance, reason="not now"),
    }[verb]
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lock_contracts([agreement.contract.pk])
            waiting = pool.submit(at_once, give_up)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)
            # Whoever holds the contract, as pricing does, can still take the documents behind it.
            Proposal.objects.select_for_update(no_key=True, nowait=True).get()
            type(run).objects.select_for_update(no_key=True, nowait=True).get()
        waiting.result(timeout=10)
    proposal.refresh_from_db()
    assert (proposal.status, Charge.objects.get().status) == ("discarded", "open")
