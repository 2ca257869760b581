"""States of agreements and their legal moves."""

from django.db import models

from core.states import state_table


class ContractStatus(models.TextChoices):
    """States of a contract."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    ACTIVE = "active"
    ON_HOLD = "on_hold"
    COMPLETED = "completed"
    TERMINATED = "terminated"
    CANCELLED = "cancelled"


CONTRACT = state_table(
    "contract",
    ContractStatus,
    {
        "draft": "in_review cancelled",
        "in_review": "draft active cancelled",
        "active": "on_hold completed terminated",
        "on_hold": "active completed terminated",
    },
)


class VersionStatus(models.TextChoices):
    """States of a contract version."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


VERSION = state_table(
    "contract version",
    VersionStatus,
    {"draft": "submitted", "submitted": "approved rejected", "approved": "superseded"},
)


class RetroactivityPolicy(models.TextChoices):
    """What happens to work already invoiced when its terms change (billing/pricing)."""

    REBILL = "rebill"
    DELTA = "delta"
    PROSPECTIVE = "prospective"


class BillingMethod(models.TextChoices):
    """How a contract line is billed."""

    TIME_AND_MATERIALS = "time_and_materials"
    MILESTONES = "milestones"
    INSTALMENTS = "instalments"


class Unit(models.TextChoices):
    """What one unit of work is."""

    HOUR = "hour"
    DAY = "day"


class IncrementRounding(models.TextChoices):
    """How the billed quantity of a source is rounded to the line's increment."""

    NONE = "none"
    UP = "up"
    NEAREST = "nearest"


class DealState(models.TextChoices):
    """States of a deal on its way to a contract."""

    INCOMPLETE = "incomplete"
    READY = "ready"
    CONVERTED = "converted"
    WITHDRAWN = "withdrawn"


DEAL = state_table(
    "deal",
    DealState,
    {
        "incomplete": "ready withdrawn",
        "ready": "incomplete converted withdrawn",
        "withdrawn": "incomplete ready",
    },
)
