"""What the review of a proposal is told about the ERP that will get it."""

import pytest
from django.utils import timezone

from billing.actions.proposals import approve_proposals, release_proposal, submit_proposals
from billing.checks import Finding, look_at
from billing.models import Proposal
from billing.policies import BlockedByException
from core.actors import Actor
from core.models import ExceptionItem, User
from core.presentation.parts import Link
from integrations.queries.parties import BILLING_ACCOUNT
from tests.billing.firms import proposed
from tests.document_factories import ExternalReferenceFactory, RouteFactory
from tests.factories import ExceptionItemFactory

pytestmark = pytest.mark.django_db


def remark(proposal: Proposal) -> str:
    finding = look_at([proposal])[proposal.pk].get("customer_known")
    assert finding is None or not finding.holds_up
    return finding.text if finding else ""


def test_a_customer_the_erp_has_not_met_is_remarked(finance: User) -> None:
    _, _, proposal = proposed(finance)
    entity, account = proposal.legal_entity, proposal.billing_account
    assert (
        remark(proposal) == f"No system is named for the invoices of {entity.name}: they cannot be delivered"
    )
    route = RouteFactory.create(legal_entity=entity)
    text = f"{account.name} is new to Sandbox ERP: it is created there with the first document"
    assert remark(proposal) == text
    ExternalReferenceFactory.create(system=route.system, object_type=BILLING_ACCOUNT, object_id=account.pk)
    assert remark(proposal) == ""


def test_a_customer_the_erp_finds_incomplete_holds_the_release(finance: User, finance_lead: User) -> None:
    _, _, proposal = proposed(finance)
    route = RouteFactory.create(legal_entity=proposal.legal_entity)
    account = proposal.billing_account_id
    ExternalReferenceFactory.create(system=route.system, object_type=BILLING_ACCOUNT, object_id=account)
    submit_proposals([proposal.pk], actor=Actor.of(finance))
    approve_proposals([proposal.pk], actor=Actor.of(finance_lead))
    told = {"billing_account_id": str(account)}
    item = ExceptionItemFactory.create(code="customer_incomplete", title="No tax id", evidence=told)
    found = look_at([proposal])[proposal.pk]
    finding = found["customer_known"]
    assert finding == Finding(
        "No tax id", "Customer incomplete", "bad", Link(item.number, f"/exceptions/{item.number}/")
    )
    assert found["no_blocking_exception"].text == "No tax id"
    with pytest.raises(BlockedByException, match=f"while these are open: {item.number} No tax id"):
        release_proposal(proposal.pk, actor=Actor.of(finance))
    proposal.refresh_from_db()
    assert proposal.status == "approved"
    ExceptionItem.objects.update(
        state="resolved", resolved_at=timezone.now(), resolved_by="x", resolution="done"
    )
    assert release_proposal(proposal.pk, actor=Actor.of(finance)).status == "releasing"
