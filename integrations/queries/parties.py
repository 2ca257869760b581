"""Who a document is for, as master data says now, and what the system calls them."""

import uuid

from billing.models import Proposal
from integrations.adapters import Party
from integrations.models import Delivery, ExternalReference

BILLING_ACCOUNT = "contracts.billingaccount"


def party_of(delivery: Delivery) -> tuple[str, uuid.UUID, Party, str]:
    """Return the bill-to of a proposal's delivery: our object, its present facts, its number there or ''.

    Read anew for each try, unlike the document itself: completing the billing account and replaying is
    how a refusal over an incomplete customer is settled.
    """
    proposal = Proposal.objects.select_related("billing_account__customer").get(pk=delivery.aggregate_id)
    account = proposal.billing_account
    reference = ExternalReference.objects.filter(
        system=delivery.system_id, object_type=BILLING_ACCOUNT, object_id=account.pk
    ).first()
    town = f"{account.postal_code} {account.city}".strip()
    party = Party(
        reference=account.code,
        name=account.name,
        country=account.country,
        currency=account.customer.currency_id,
        tax_registration=account.tax_registration,
        address=", ".join(part for part in (account.street, town, account.region) if part),
        email=account.email,
        payment_terms_days=account.payment_terms_days,
    )
    return BILLING_ACCOUNT, account.pk, party, reference.external_id if reference else ""
