"""Questions about connected systems and what our objects are called there."""

from django.db.models import Q, QuerySet

from billing.models import Proposal
from contracts.queries.deals import visible_deals
from core.access import scoped
from core.models import User
from core.permissions import holds
from integrations.models import ExternalReference, System
from integrations.queries.parties import BILLING_ACCOUNT


def visible_systems(user: User) -> QuerySet[System]:
    """Return the connected systems, for whoever may look at integrations at all."""
    return System.objects.all() if holds(user, "integration.view") else System.objects.none()


def visible_references(user: User) -> QuerySet[ExternalReference]:
    """Return references of documents of visible legal entities, the bill-tos on them, and of deals."""
    documents = scoped(Proposal.objects.all(), user, "integration.view", "legal_entity")
    return ExternalReference.objects.filter(
        Q(object_type="billing.proposal", object_id__in=documents.values("pk"))
        | Q(object_type="contracts.deal", object_id__in=visible_deals(user).values("pk"))
        | Q(object_type=BILLING_ACCOUNT, object_id__in=documents.values("billing_account_id"))
    )
