"""Our documents in canonical form, as a message to another system carries them."""

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from billing.models import Proposal


def canonical_document(proposal: Proposal) -> dict[str, Any]:
    """Return a proposal with its lines and taxes; amounts as text in its currency, credits negative."""
    return {
        "number": proposal.number,
        "kind": proposal.kind,
        "legal_entity": proposal.legal_entity.code,
        "contract_id": str(proposal.contract_id),
        "billing_account_id": str(proposal.billing_account_id),
        "customer": proposal.billing_account.code,
        "customer_name": proposal.billing_account.name,
        "purchase_order": proposal.purchase_order,
        "currency": proposal.currency,
        "document_date": proposal.document_date.isoformat(),
        "payment_terms_days": proposal.payment_terms_days,
        "credits": proposal.credits.erp_number if proposal.credits else None,
        "net": f"{proposal.net:f}",
        "tax": f"{proposal.tax:f}",
        "gross": f"{proposal.gross:f}",
        "lines": [
            {
                "position": line.position,
                "description": f"{line.section}: {line.description}" if line.section else line.description,
                "quantity": f"{line.quantity:f}",
                "unit": line.unit,
                "unit_price": None if line.unit_price is None else f"{line.unit_price:f}",
                "net": f"{line.net:f}",
                "tax_code": line.tax_code.code,
            }
            for line in proposal.lines.select_related("tax_code").order_by("position")
        ],
        "taxes": [
            {"tax_code": tax.tax_code.code, "base": f"{tax.base:f}", "amount": f"{tax.amount:f}"}
            for tax in proposal.taxes.select_related("tax_code").order_by("tax_code__code")
        ],
    }


def sealed(payload: dict[str, Any]) -> str:
    """Return the sha256 of a payload, independent of the order of its keys."""
    text = json.dumps(payload, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
