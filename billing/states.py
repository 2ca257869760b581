"""States of charges, runs and proposals and their legal moves."""

from django.db import models

from core.states import state_table

# How a refusal begins where people gave the message up: those are their words, not the ERP's.
NOT_SENT = "Not sent: "


class ChargeStatus(models.TextChoices):
    """States of a charge; it is fixed from the moment its proposal is releasing (`fixed_at`)."""

    OPEN = "open"
    PROPOSED = "proposed"
    INVOICED = "invoiced"


CHARGE = state_table("charge", ChargeStatus, {"open": "proposed", "proposed": "open invoiced"})


class RunStatus(models.TextChoices):
    """States of a billing run."""

    DRAFT = "draft"
    RUNNING = "running"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


RUN = state_table(
    "billing run",
    RunStatus,
    {"draft": "running cancelled", "running": "completed cancelled"},
)


class ProposalStatus(models.TextChoices):
    """States of an invoice proposal or credit note proposal."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    RELEASING = "releasing"
    POSTED = "posted"
    DISCARDED = "discarded"


# Documents that wait for somebody inside the firm.
IN_HAND = (ProposalStatus.DRAFT, ProposalStatus.IN_REVIEW, ProposalStatus.APPROVED)

PROPOSAL = state_table(
    "proposal",
    ProposalStatus,
    {
        "draft": "in_review discarded",
        "in_review": "approved draft",
        "approved": "releasing draft",
        "releasing": "posted draft",
    },
)


class ProposalKind(models.TextChoices):
    """What a proposal becomes in the ERP."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class PaymentStatus(models.TextChoices):
    """How far a posted document is paid."""

    UNPAID = "unpaid"
    PART_PAID = "part_paid"
    PAID = "paid"


class SourceType(models.TextChoices):
    """What a charge prices."""

    TIME = "time"
    MILESTONE = "milestone"
    INSTALMENT = "instalment"
    EXPENSE = "expense"
    ADJUSTMENT = "adjustment"


class ChargeUnit(models.TextChoices):
    """What the quantity of a charge counts: work is measured, a part of a fee is an item."""

    HOUR = "hour"
    DAY = "day"
    ITEM = "item"


class Component(models.TextChoices):
    """Which part of a source's price a charge is."""

    BASE = "base"
    MARKUP = "markup"
    OVER_CEILING = "over_ceiling"
    DISCOUNT = "discount"
    EFFORT = "effort"
    WRITE_DOWN = "write_down"
    WRITE_UP = "write_up"
    OVER_CAP = "over_cap"
    OVER_ORDER = "over_order"


class NotBillable(models.TextChoices):
    """Why a charge is not billed."""

    NONE = ""
    NON_BILLABLE = "non_billable"
    FIXED_FEE = "fixed_fee"
    BELOW_REQUIRED = "below_required"
    OVER_CEILING = "over_ceiling"
    WRITTEN_OFF = "written_off"
    OVER_CAP = "over_cap"
    OVER_ORDER = "over_order"


class AdjustmentKind(models.TextChoices):
    """Decisions about money that the engine reads as facts."""

    WRITE_OFF = "write_off"
    WRITE_DOWN = "write_down"
    WRITE_UP = "write_up"


class AdjustmentStatus(models.TextChoices):
    """States of an adjustment; only an approved one counts."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"


ADJUSTMENT = state_table("adjustment", AdjustmentStatus, {"submitted": "approved rejected"})
