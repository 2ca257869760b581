"""Who documents are for, as master data says now, and what the system calls them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from billing.models import Proposal
from contracts.models import BillingAccount
from integrations.adapters import Party
from integrations.models import Delivery, ExternalReference

BILLING_ACCOUNT = "contracts.billingaccount"


@dataclass(frozen=True)
class Introduction:
    """A bill-to the system has to know before it gets a document; `known_as` is its number there or ''."""

    object_type: str
    object_id: uuid.UUID
    party: Party
    known_as: str


def introductions(deliveries: Sequence[Delivery]) -> dict[uuid.UUID, Introduction]:
    """Return the bill-to of each delivery of one system, by the delivery's id; equal ones are the same.

    Read anew for each try, unlike the documents themselves: completing the billing account and replaying
    is how a refusal over an incomplete customer is settled.
    """
    bill_tos = dict(
        Proposal.objects.filter(pk__in=[delivery.aggregate_id for delivery in deliveries]).values_list(
            "pk", "billing_account"
        )
    )
    numbers = dict(
        ExternalReference.objects.filter(
            system__in={delivery.system_id for delivery in deliveries},
            object_type=BILLING_ACCOUNT,
            object_id__in=set(bill_tos.values()),
        ).values_list("object_id", "external_id")
    )
    known = {
        account.pk: Introduction(
            BILLING_ACCOUNT, account.pk, party_of_account(account), numbers.get(account.pk, "")
        )
        for account in BillingAccount.objects.select_related("customer").filter(pk__in=set(bill_tos.values()))
    }
    return {delivery.pk: known[bill_tos[delivery.aggregate_id]] for delivery in deliveries}


def known_as(system_id: uuid.UUID, object_type: str, object_id: uuid.UUID) -> str:
    """Return what the system calls an object of ours, or nothing."""
    references = ExternalReference.objects.filter(
        system=system_id, object_type=object_type, object_id=object_id
    )
    return references.values_list("external_id", flat=True).first() or ""


def party_of_account(account: BillingAccount) -> Party:
    """Return the present facts of a bill-to, whose customer is loaded."""
    town = f"{account.postal_code} {account.city}".strip()
    return Party(
        reference=account.code,
        name=account.name,
        country=account.country,
        currency=account.customer.currency_id,
        tax_registration=account.tax_registration,
        address=", ".join(part for part in (account.street, town, account.region) if part),
        email=account.email,
        payment_terms_days=account.payment_terms_days,
    )
