"""Decisions about money: hold and release sources, write off, write down, write up."""

import uuid
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.utils import timezone

from billing.actions.steps.locking import lock_contracts
from billing.drafting.build import recalculate
from billing.events import (
    AdjustmentRejected,
    AdjustmentSubmitted,
    ChargeAdjusted,
    ChargeHeld,
    ChargeHoldReleased,
)
from billing.models import Adjustment, Charge, Hold, Proposal
from billing.policies import another_person
from billing.states import ADJUSTMENT, AdjustmentKind, AdjustmentStatus, ChargeStatus, SourceType
from contracts.models import Contract
from core.actors import Actor
from core.errors import Invalid, NotFound, Refusal
from core.events import record
from core.money import round_money
from core.permissions import require
from core.verbs import verb


class SourceInvoiced(Refusal):
    """The source is on a document that is releasing or posted: it takes a credit."""

    code = "source_invoiced"


class AdjustmentInvalid(Invalid):
    """The decision contradicts what the source bills."""

    code = "adjustment_invalid"


@verb
def hold_source(contract_id: uuid.UUID, *, source_id: uuid.UUID, actor: Actor, reason: str) -> Hold:
    """Keep the charges of a source, and of decisions about it, off proposals; drafts give them back.

    Refused on work that is on invoices altogether. Records charge.held.
    """
    contract = _locked(contract_id)
    require(actor, "billing.decide", contract.legal_entity_id)
    user = actor.user
    if user is None or not reason.strip():
        raise AdjustmentInvalid("A person says why work is held.", field="reason")
    decided = Adjustment.objects.filter(contract=contract, source_id=source_id).values("pk")
    charges = _charges(contract, source_id) | Charge.objects.filter(contract=contract, source_id__in=decided)
    if charges.filter(fixed_at__isnull=False).exists() and not charges.filter(fixed_at=None).exists():
        raise SourceInvoiced("This work is on an invoice already: credit it instead.")
    held = Hold.objects.filter(contract=contract, source_id=source_id, released_at=None).first()
    if held:
        return held
    hold = Hold.objects.create(
        contract=contract,
        source_type=_kind_of(charges),
        source_id=source_id,
        reason=reason[:240],
        placed_by=user,
    )
    open_charges = charges.filter(fixed_at=None, proposal_line__isnull=False)
    proposals = list(
        Proposal.objects.filter(lines__charges__in=open_charges).distinct().values_list("pk", flat=True)
    )
    open_charges.update(status=ChargeStatus.OPEN, proposal_line=None)
    record(
        contract, ChargeHeld(contract.code, source_id, hold.reason), legal_entity_id=contract.legal_entity_id
    )
    recalculate(proposals, actor=actor)
    return hold


@verb
def release_source(contract_id: uuid.UUID, *, source_id: uuid.UUID, actor: Actor, reason: str = "") -> Hold:
    """Let a held source be proposed again by the next run. Records charge.hold_released."""
    contract = _locked(contract_id)
    require(actor, "billing.decide", contract.legal_entity_id)
    hold = Hold.objects.filter(contract=contract, source_id=source_id).order_by("-created_at").first()
    if hold is None:
        raise NotFound("Nothing is held here.")
    if hold.released_at is None:
        hold.released_by, hold.released_at = actor.user, timezone.now()
        hold.save(update_fields=["released_by", "released_at"])
        record(
            contract, ChargeHoldReleased(contract.code, source_id), legal_entity_id=contract.legal_entity_id
        )
    return hold


@verb
def submit_adjustment(
    contract_id: uuid.UUID,
    *,
    source_id: uuid.UUID,
    kind: str,
    amount: Decimal | None,
    code: str,
    actor: Actor,
    reason: str,
) -> Adjustment:
    """Ask for a write-off of a source, or a write-down or write-up by a positive amount in its currency.

    It counts once a second person approves. Refused on work that is fixed, for write-downs that together
    exceed what the work bills, and for amounts finer than the currency. Records charge.adjustment_submitted.
    """
    contract = _locked(contract_id)
    require(actor, "billing.decide", contract.legal_entity_id)
    if actor.user is None or not reason.strip() or not code.strip():
        raise AdjustmentInvalid("A decision about money needs a code and a reason.", field="reason")
    billed = _billed_open(contract, source_id)
    if kind == AdjustmentKind.WRITE_OFF:
        amount = None
    elif amount is None or amount <= 0:
        raise AdjustmentInvalid("Give the amount as a positive number.", field="amount")
    elif amount != round_money(amount, contract.currency_id):
        raise AdjustmentInvalid(f"The amount is finer than {contract.currency_id} allows.", field="amount")
    elif kind == AdjustmentKind.WRITE_DOWN and amount > (room := billed - _written_down(contract, source_id)):
        raise AdjustmentInvalid(
            f"The work bills {room:.2f}: it cannot be reduced by {amount:.2f}.", field="amount"
        )
    adjustment = Adjustment.objects.create(
        contract=contract,
        kind=kind,
        source_type=_kind_of(_charges(contract, source_id)),
        source_id=source_id,
        amount=amount,
        priced_at=billed,
        code=code,
        reason=reason[:240],
        author=actor.user,
    )
    payload = AdjustmentSubmitted(contract.code, contract.pk, source_id, kind, amount, code)
    record(contract, payload, legal_entity_id=contract.legal_entity_id)
    return adjustment


@verb
def approve_adjustment(adjustment_id: uuid.UUID, *, actor: Actor, reason: str = "") -> Adjustment:
    """Make a decision count, by a person who did not ask for it. Records charge.adjusted; pricing follows.

    Refused once the work is fixed: what went out without the decision takes a credit.
    """
    adjustment, contract = _adjustment(adjustment_id)
    require(actor, "proposal.approve", contract.legal_entity_id)
    if adjustment.status == AdjustmentStatus.APPROVED:
        return adjustment
    another_person(actor, adjustment.author_id, "this decision")
    ADJUSTMENT.check(adjustment.status, AdjustmentStatus.APPROVED)
    _refuse_fixed(Charge.objects.filter(contract=contract, source_id=adjustment.source_id))
    adjustment.status, adjustment.approved_by = AdjustmentStatus.APPROVED, actor.user
    adjustment.approved_at = timezone.now()
    adjustment.save(update_fields=["status", "approved_by", "approved_at"])
    payload = ChargeAdjusted(
        contract.code, contract.pk, adjustment.source_id, adjustment.kind, adjustment.amount, adjustment.code
    )
    record(contract, payload, legal_entity_id=contract.legal_entity_id)
    return adjustment


@verb
def reject_adjustment(adjustment_id: uuid.UUID, *, actor: Actor, reason: str) -> Adjustment:
    """Refuse a decision. Records charge.adjustment_rejected."""
    adjustment, contract = _adjustment(adjustment_id)
    require(actor, "proposal.approve", contract.legal_entity_id)
    another_person(actor, adjustment.author_id, "this decision")
    ADJUSTMENT.check(adjustment.status, AdjustmentStatus.REJECTED)
    adjustment.status = AdjustmentStatus.REJECTED
    adjustment.save(update_fields=["status"])
    payload = AdjustmentRejected(contract.code, contract.pk, adjustment.source_id, adjustment.kind)
    record(contract, payload, legal_entity_id=contract.legal_entity_id)
    return adjustment


def _locked(contract_id: uuid.UUID) -> Contract:
    contract = lock_contracts([contract_id]).get(contract_id)
    if contract is None:
        raise NotFound("No such contract.")
    return contract


def _adjustment(adjustment_id: uuid.UUID) -> tuple[Adjustment, Contract]:
    found = Adjustment.objects.filter(pk=adjustment_id).values_list("contract_id", flat=True).first()
    if found is None:
        raise NotFound("No such decision.")
    contract = _locked(found)
    return Adjustment.objects.select_for_update(no_key=True).get(pk=adjustment_id), contract


def _kind_of(charges: QuerySet[Charge]) -> str:
    """Return what kind of source these charges price, decisions about it left out."""
    priced = charges.exclude(source_type=SourceType.ADJUSTMENT)
    return priced.values_list("source_type", flat=True).first() or SourceType.TIME


def _charges(contract: Contract, source_id: uuid.UUID) -> QuerySet[Charge]:
    charges = Charge.objects.filter(contract=contract, source_id=source_id)
    if not charges.exists():
        raise NotFound("Nothing is priced for this work.")
    return charges


def _billed_open(contract: Contract, source_id: uuid.UUID) -> Decimal:
    charges = _charges(contract, source_id)
    _refuse_fixed(charges)
    billed: Decimal | None = charges.filter(billable=True).aggregate(total=Sum("amount"))["total"]
    if billed is None:
        raise AdjustmentInvalid("This work bills nothing.")
    return billed


def _refuse_fixed(charges: QuerySet[Charge]) -> None:
    if charges.filter(fixed_at__isnull=False).exists():
        raise SourceInvoiced("This work is on an invoice already: credit it instead.")


def _written_down(contract: Contract, source_id: uuid.UUID) -> Decimal:
    standing = Adjustment.objects.filter(
        contract=contract, source_id=source_id, kind=AdjustmentKind.WRITE_DOWN
    ).exclude(status=AdjustmentStatus.REJECTED)
    total: Decimal = standing.aggregate(total=Sum("amount", default=Decimal(0)))["total"]
    return total
