"""Which charges, documents, runs and decisions a person may see."""

from django.db.models import Q, QuerySet

from billing.models import Adjustment, BillingRun, Charge, ErpDocument, Hold, Payment, Proposal
from core.access import managed_filter, own_contracts, scoped
from core.models import User


def visible_charges(user: User) -> QuerySet[Charge]:
    """Return the charges of the person's entities; project managers see those of their own projects."""
    return Charge.objects.filter(
        managed_filter(user, "charge.view", "contract__legal_entity", Q(project__manager__user=user))
    )


def visible_proposals(user: User) -> QuerySet[Proposal]:
    """Return the invoices and credit notes of the person's entities; project managers their contracts'."""
    return Proposal.objects.filter(_reach_contracts(user, "proposal.view", "legal_entity"))


def visible_runs(user: User) -> QuerySet[BillingRun]:
    """Return the billing runs of the person's entities."""
    return scoped(BillingRun.objects.all(), user, "run.view", "legal_entity")


def visible_adjustments(user: User) -> QuerySet[Adjustment]:
    """Return the write-offs, write-downs and write-ups on work whose charges the person may see."""
    return Adjustment.objects.filter(_reach_contracts(user, "charge.view", "contract__legal_entity"))


def visible_holds(user: User) -> QuerySet[Hold]:
    """Return the holds on work whose charges the person may see."""
    return Hold.objects.filter(_reach_contracts(user, "charge.view", "contract__legal_entity"))


def visible_payments(user: User) -> QuerySet[Payment]:
    """Return the payments of documents the person may see."""
    return Payment.objects.filter(proposal__in=visible_proposals(user))


def visible_erp_documents(user: User) -> QuerySet[ErpDocument]:
    """Return what the ERP reported for the person's entities."""
    return scoped(ErpDocument.objects.all(), user, "run.view", "legal_entity")


def _reach_contracts(user: User, permission: str, entity_path: str) -> Q:
    return managed_filter(user, permission, entity_path, own_contracts(user, "contract"))
