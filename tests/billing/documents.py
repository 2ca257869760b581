"""Take charges all the way to posted documents with the verbs people use."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Max

from billing.actions.posting import confirm_posting
from billing.actions.proposals import approve_proposals, release_proposal, submit_proposals
from billing.actions.runs import complete_run, create_run, propose_contracts, start_run
from billing.models import BillingRun, Proposal, TaxRule
from billing.states import ProposalKind, ProposalStatus
from contracts.models import Contract
from core.actors import Actor
from tests import factories

if TYPE_CHECKING:
    from tests.billing.builders import Agreement


def run_to(contract: Contract, cut_off: date, actor: Actor, document_date: date | None = None) -> BillingRun:
    """Prepare, start and complete a run over one contract."""
    run = create_run(
        contract.legal_entity_id, cut_off=cut_off, document_date=document_date or cut_off, actor=actor
    )
    start_run(run.pk, actor=actor)
    propose_contracts(run.pk, contract_ids=[contract.pk], actor=actor)
    return complete_run(run.pk, actor=actor)


def tax_rule(contract: Contract, percent: str = "20") -> TaxRule:
    """Make sure one rule answers for everything the entity sells."""
    found = TaxRule.objects.filter(legal_entity=contract.legal_entity).first()
    if found:
        return found
    code = factories.TaxCodeFactory.create(code=f"T{percent}", percent=percent)
    rule: TaxRule = factories.TaxRuleFactory.create(legal_entity=contract.legal_entity, tax_code=code)
    return rule


def post(proposals: Sequence[Proposal], preparer: Actor, approver: Actor) -> None:
    """Submit, approve, release and post proposals, credit notes first."""
    ordered = sorted(proposals, key=lambda proposal: proposal.kind != ProposalKind.CREDIT_NOTE)
    for proposal in ordered:
        submit_proposals([proposal.pk], actor=preparer)
        approve_proposals([proposal.pk], actor=approver)
        released = release_proposal(proposal.pk, actor=preparer)
        assert released.status == ProposalStatus.RELEASING, released.status
        confirm_posting(
            proposal.pk, erp_number=f"RE-{proposal.number}", posted_on=proposal.document_date, actor=preparer
        )


def invoice_everything(agreement: "Agreement", document_date: date = date(2026, 12, 31)) -> list[Proposal]:
    """Put every open charge of a contract on posted documents."""
    from tests.billing.builders import person

    contract = agreement.contract
    tax_rule(contract)
    preparer, approver = Actor.of(person("finance")), Actor.of(person("finance_lead"))
    latest = contract.charges.aggregate(day=Max("service_on"))["day"]
    run = run_to(contract, latest, preparer, document_date)
    proposals = list(run.proposals.order_by("number"))
    post(proposals, preparer, approver)
    return proposals
