"""Released documents with their messages, for the benchmark of the relay."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from benchmarks.firm import agreement_with_approved_work

DATED = date(2026, 11, 18)
NET, TAX, LINES = Decimal(1000), Decimal(200), 5


def queued_documents(size: int, erp: str) -> None:
    """Make `size` released documents of 20 customers the ERP knows, each with its message to be sent."""
    from billing.models import Proposal
    from contracts.models import Payer
    from integrations.models import Delivery, ExternalReference, Route, System
    from integrations.queries.parties import BILLING_ACCOUNT

    agreement_with_approved_work(0)
    payers = list(Payer.objects.select_related("contract_version__contract").order_by("pk"))
    entity = payers[0].contract_version.contract.legal_entity
    system = System.objects.create(code="erp", name="ERP", vendor="sandbox_erp", base_url=erp)
    Route.objects.create(legal_entity=entity, system=system, company_code="UK01")
    ExternalReference.objects.bulk_create(
        ExternalReference(
            system=system,
            object_type=BILLING_ACCOUNT,
            object_id=payer.billing_account_id,
            external_id=f"C{n}",
        )
        for n, payer in enumerate(payers)
    )
    proposals = Proposal.objects.bulk_create(
        Proposal(**_facts(number, payers[number % len(payers)])) for number in range(size)
    )
    Delivery.objects.bulk_create(Delivery(**_message(proposal), system=system) for proposal in proposals)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _facts(number: int, payer: Any) -> dict[str, Any]:
    version = payer.contract_version
    return {
        "number": f"IP-{number}",
        "legal_entity_id": version.contract.legal_entity_id,
        "billing_account_id": payer.billing_account_id,
        "contract_id": version.contract_id,
        "contract_version_id": version.pk,
        "currency": "GBP",
        "payment_terms_days": 30,
        "document_date": DATED,
        "service_from": date(2026, 11, 1),
        "service_to": date(2026, 11, 15),
        "net": NET,
        "tax": TAX,
        "gross": NET + TAX,
        "status": "releasing",
        "revision": 1,
        "prepared_by_id": version.prepared_by_id,
        "approved_by_id": version.approved_by_id,
        "approved_at": datetime.now(UTC),
        "approved_sha256": "0" * 64,
    }


def _message(proposal: Any) -> dict[str, Any]:
    from integrations.queries.documents import sealed

    payload = _payload(proposal)
    return {
        "legal_entity_id": proposal.legal_entity_id,
        "aggregate_type": "billing.proposal",
        "aggregate_id": proposal.pk,
        "aggregate_label": proposal.number,
        "delivery_seq": 1,
        "operation": "post_document",
        "operation_id": uuid.uuid4(),
        "payload": payload,
        "payload_sha256": sealed(payload),
        "correlation_id": str(uuid.uuid4()),
    }


def _payload(proposal: Any) -> dict[str, Any]:
    line = {"unit": "hour", "quantity": "10.00", "unit_price": "20.0000", "net": "200.00", "tax_code": "GB20"}
    lines = [
        {**line, "position": place, "description": f"Phase {place}: Senior consultant"}
        for place in range(1, LINES + 1)
    ]
    return {
        "number": proposal.number,
        "kind": "invoice",
        "company": "UK01",
        "contract_id": str(proposal.contract_id),
        "billing_account_id": str(proposal.billing_account_id),
        "customer": "CU",
        "customer_name": "Customer",
        "purchase_order": "",
        "currency": "GBP",
        "document_date": DATED.isoformat(),
        "payment_terms_days": 30,
        "credits": None,
        "net": f"{NET:f}",
        "tax": f"{TAX:f}",
        "gross": f"{NET + TAX:f}",
        "lines": lines,
        "taxes": [{"tax_code": "GB20", "base": f"{NET:f}", "amount": f"{TAX:f}"}],
    }
