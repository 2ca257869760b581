"""Rows for the tests of integrations: a system with a route, and released proposals."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from billing.models import Proposal, ProposalLine, ProposalTax
from contracts.models import ContractVersion
from core.models import LegalEntity
from integrations.models import Delivery, Route, System
from tests.factories import (
    BillingAccountFactory,
    ContractVersionFactory,
    LegalEntityFactory,
    TaxCodeFactory,
    UserFactory,
)

_numbers = count(10361)
DOCUMENT_DATE = date(2026, 11, 18)


def system(code: str = "erp", **values: Any) -> System:
    """Create a connected system of class C that finds documents after a minute and takes one at a time."""
    values = {"name": "The ERP", "vendor": "sandbox_erp", "concurrency": 1, **values}
    return System.objects.create(code=code, **values)


def routed_entity(to: System, *, code: str = "UK", company: str = "UK01") -> LegalEntity:
    """Create a legal entity whose invoices go to the system."""
    entity = LegalEntityFactory.create(code=code, name="Ardley UK Ltd")
    Route.objects.create(legal_entity=entity, system=to, company_code=company)
    return entity


def proposal(
    entity: LegalEntity,
    *,
    net: str = "1000.00",
    status: str = "releasing",
    version: ContractVersion | None = None,
    **values: Any,
) -> Proposal:
    """Create a proposal with one line and tax of 20 %, released unless told otherwise."""
    version = version or ContractVersionFactory.create(contract__legal_entity=entity)
    contract, amount = version.contract, Decimal(net)
    tax = (amount / 5).quantize(Decimal("0.01"))
    number = f"IP-{next(_numbers)}"
    approved = {
        "approved_by": UserFactory.create(),
        "approved_at": datetime.now(UTC),
        "approved_sha256": "0" * 64,
    }
    if status == "posted":
        approved |= {"erp_number": f"RE-{number[3:]}", "posted_on": DOCUMENT_DATE}
    account = values.pop("billing_account", None) or BillingAccountFactory.create(customer=contract.customer)
    return _with_content(
        Proposal.objects.create(
            number=number,
            legal_entity=entity,
            billing_account=account,
            contract=contract,
            contract_version=version,
            currency=values.pop("currency", "GBP"),
            payment_terms_days=30,
            document_date=values.pop("document_date", DOCUMENT_DATE),
            service_from=date(2026, 11, 1),
            service_to=date(2026, 11, 15),
            net=amount,
            tax=tax,
            gross=amount + tax,
            status=status,
            revision=1,
            prepared_by=UserFactory.create(),
            **(approved if status in {"approved", "releasing", "posted"} else {}),
            **values,
        )
    )


def _with_content(document: Proposal) -> Proposal:
    code = TaxCodeFactory.create(code="GB20", name="VAT 20 %", percent=Decimal(20))
    ProposalLine.objects.create(
        proposal=document,
        position=1,
        group_key="senior",
        section="Phase 1",
        description="Senior consultant",
        quantity=Decimal(10),
        unit="hour",
        unit_price=document.net / 10,
        net=document.net,
        service_line="advisory",
        tax_code=code,
    )
    ProposalTax.objects.create(
        proposal=document, tax_code=code, percent=Decimal(20), base=document.net, amount=document.tax
    )
    return document


def only_delivery(document: Proposal) -> Delivery:
    """Return the one message about a proposal."""
    return Delivery.objects.select_related("system").get(aggregate_id=document.pk)
