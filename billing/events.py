"""Payloads of billing events. Amounts are in the currency named beside them."""

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.events import event


@event("charge.priced")
@dataclass(frozen=True)
class ChargesPriced:
    """A pass of the engine changed charges of a contract; `amount` is the net change of what is open."""

    contract: str
    added: int
    changed: int
    removed: int
    waived: int
    amount: Decimal
    currency: str


@event("ceiling.near")
@dataclass(frozen=True)
class CeilingNear:
    """A cap or purchase order is used to a threshold; an empty `currency` means that it is in hours."""

    contract: str
    on: str
    line: str
    percent: int
    ceiling: Decimal
    used: Decimal
    currency: str


@event("charge.held")
@dataclass(frozen=True)
class ChargeHeld:
    """The charges of a source are kept off proposals."""

    contract: str
    source_id: uuid.UUID
    reason: str


@event("charge.hold_released")
@dataclass(frozen=True)
class ChargeHoldReleased:
    """The charges of a source may be proposed again."""

    contract: str
    source_id: uuid.UUID


@event("charge.adjustment_submitted")
@dataclass(frozen=True)
class AdjustmentSubmitted:
    """A write-off, write-down or write-up waits for a second person."""

    contract: str
    contract_id: uuid.UUID
    source_id: uuid.UUID
    kind: str
    amount: Decimal | None
    code: str


@event("charge.adjusted")
@dataclass(frozen=True)
class ChargeAdjusted:
    """An adjustment was approved; the engine reads it from now on."""

    contract: str
    contract_id: uuid.UUID
    source_id: uuid.UUID
    kind: str
    amount: Decimal | None
    code: str


@event("charge.adjustment_rejected")
@dataclass(frozen=True)
class AdjustmentRejected:
    """An adjustment was refused."""

    contract: str
    contract_id: uuid.UUID
    source_id: uuid.UUID
    kind: str


@event("billing_run.created")
@dataclass(frozen=True)
class BillingRunCreated:
    """A run was prepared and may be started."""

    number: str
    cut_off: date


@event("billing_run.started")
@dataclass(frozen=True)
class BillingRunStarted:
    """A run was started; its contracts are proposed one by one."""

    number: str
    cut_off: date
    contracts: int


@event("billing_run.advanced")
@dataclass(frozen=True)
class BillingRunAdvanced:
    """A batch of a run's contracts was proposed or parked."""

    number: str
    done: int
    total: int
    proposals: int
    failures: int


@event("billing_run.completed")
@dataclass(frozen=True)
class BillingRunCompleted:
    """Every contract of a run is proposed or kept with a reason."""

    number: str
    proposals: int
    failures: int


@event("billing_run.cancelled")
@dataclass(frozen=True)
class BillingRunCancelled:
    """A run was given up; its drafts are discarded and their charges open again."""

    number: str


@event("proposal.created")
@dataclass(frozen=True)
class ProposalCreated:
    """A proposal was drafted from open charges."""

    number: str
    kind: str
    net: Decimal
    currency: str


@event("proposal.recalculated")
@dataclass(frozen=True)
class ProposalRecalculated:
    """Facts behind a proposal changed; an approval falls when the amounts did."""

    number: str
    net_before: Decimal
    net: Decimal
    currency: str
    approval_fell: bool


@event("proposal.submitted")
@dataclass(frozen=True)
class ProposalSubmitted:
    """A proposal waits for a second person."""

    number: str
    gross: Decimal
    currency: str


@event("proposal.returned")
@dataclass(frozen=True)
class ProposalReturned:
    """A proposal went back to draft."""

    number: str
    reason: str


@event("proposal.approved")
@dataclass(frozen=True)
class ProposalApproved:
    """A second person approved exactly this content."""

    number: str
    gross: Decimal
    currency: str
    content_sha256: str


@event("proposal.held")
@dataclass(frozen=True)
class ProposalHeld:
    """A proposal is kept back, or no longer (`reason` empty)."""

    number: str
    reason: str


@event("proposal.redated")
@dataclass(frozen=True)
class ProposalRedated:
    """A draft got another date and tax point."""

    number: str
    previous: date
    document_date: date


@event("proposal.discarded")
@dataclass(frozen=True)
class ProposalDiscarded:
    """A draft was given up; its charges are open again."""

    number: str


@event("proposal.noted")
@dataclass(frozen=True)
class ProposalNoted:
    """A reviewer left a remark."""

    number: str
    text: str


@event("proposal.released")
@dataclass(frozen=True)
class ProposalReleased:
    """An approved proposal goes to the ERP; its charges are fixed from now on."""

    number: str
    kind: str
    revision: int
    legal_entity_id: uuid.UUID
    gross: Decimal
    currency: str


@event("proposal.refused")
@dataclass(frozen=True)
class ProposalRefused:
    """The ERP refused a proposal; its charges are no longer fixed."""

    number: str
    code: str
    reason: str


@event("invoice.posted")
@dataclass(frozen=True)
class InvoicePosted:
    """The ERP posted the document under its legal number."""

    number: str
    kind: str
    erp_number: str
    posted_on: date
    gross: Decimal
    currency: str


@event("invoice.paid")
@dataclass(frozen=True)
class InvoicePaid:
    """A payment was read back from the ERP."""

    number: str
    payment: str
    amount: Decimal
    paid: Decimal
    currency: str
    payment_status: str
