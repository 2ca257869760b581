"""What is open to be proposed."""

import uuid
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from billing.models import Adjustment, Charge, Hold
from billing.states import ChargeStatus
from contracts.models import Contract, InstalmentTerm
from contracts.states import VersionStatus


def proposable_charges(legal_entity_id: uuid.UUID, cut_off: date) -> QuerySet[Charge]:
    """Return open, billable, unheld charges of an entity's contracts up to the cut-off."""
    charges = Charge.objects.filter(
        contract__legal_entity_id=legal_entity_id,
        status=ChargeStatus.OPEN,
        billable=True,
        service_on__lte=cut_off,
    )
    return charges.filter(~_held())


def held_charges(legal_entity_id: uuid.UUID, cut_off: date) -> QuerySet[Charge]:
    """Return the open charges that a hold keeps off proposals."""
    charges = Charge.objects.filter(
        contract__legal_entity_id=legal_entity_id,
        status=ChargeStatus.OPEN,
        billable=True,
        service_on__lte=cut_off,
    )
    return charges.filter(_held())


def contracts_with_open_charges(legal_entity_id: uuid.UUID, cut_off: date) -> QuerySet[Contract]:
    """Return the contracts a run over the entity would look at, in a fixed order."""
    charges = Charge.objects.filter(
        contract=OuterRef("pk"), status=ChargeStatus.OPEN, billable=True, service_on__lte=cut_off
    )
    return Contract.objects.filter(Exists(charges), legal_entity_id=legal_entity_id).order_by("pk")


def contracts_due_until(legal_entity_id: uuid.UUID, after: date, until: date) -> QuerySet[Contract]:
    """Return the contracts of which an instalment falls due after a day, up to another."""
    due = InstalmentTerm.objects.filter(
        line__contract_version__contract=OuterRef("pk"),
        line__contract_version__status=VersionStatus.APPROVED,
        due_on__gt=after,
        due_on__lte=until,
    )
    return Contract.objects.filter(Exists(due), legal_entity_id=legal_entity_id).order_by("pk")


def _held() -> Q:
    active = Hold.objects.filter(contract=OuterRef("contract"), released_at=None)
    adjusted = Adjustment.objects.filter(pk=OuterRef(OuterRef("source_id"))).values("source_id")
    return Q(Exists(active.filter(source_id=OuterRef("source_id")))) | Q(
        Exists(active.filter(source_id__in=adjusted))
    )
