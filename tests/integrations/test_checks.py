"""What the review of a proposal is told about the ERP that will get it."""

import pytest

from billing.checks import look_at
from billing.models import Proposal
from core.models import User
from integrations.queries.parties import BILLING_ACCOUNT
from tests.billing.firms import proposed
from tests.document_factories import ExternalReferenceFactory, RouteFactory

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
