"""A plausible deal of the CRM, with as little said as possible."""

from typing import Any

SECRET = "whsec_dGhlIHNlY3JldCBvZiB0aGUgdGVzdHM="


def deal_fields(**changes: Any) -> dict[str, Any]:
    """Return the fields of a deal that is complete."""
    return {
        "name": "Network modernisation",
        "account": {
            "id": "ACC-1",
            "name": "Halden Rail",
            "legal_name": "Halden Rail Ltd",
            "country": "GB",
            "tax_id": "GB980780684",
            "street": "1 Station Road",
            "postal_code": "YO1 6HX",
            "city": "York",
        },
        "billing_contact": {"name": "Ana Bell", "email": "ap@halden.example"},
        "owner": {"name": "Sam Sale", "email": "sam@ardley.example"},
        "selling_company": "Ardley Consulting UK",
        "delivery_owner_email": "daniel@ardley.example",
        "amount": "120000.00",
        "currency": "GBP",
        "starts_on": "2026-12-01",
        "ends_on": "2027-05-31",
        "purchase_order": "PO-7781",
        "purchase_order_required": True,
        "payment_terms_days": 30,
        "signed_document": {"name": "sow.pdf", "url": "https://sign.example/sow"},
        "products": [
            {
                "id": "P1",
                "name": "Advice",
                "family": "Advisory",
                "billing": "Time & materials",
                "amount": "120000.00",
                "starts_on": "2026-12-01",
                "ends_on": "2027-05-31",
            }
        ],
        **changes,
    }
