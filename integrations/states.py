"""States of deliveries and breaks and their legal moves."""

from django.db import models

from core.states import state_table


class DeliveryState(models.TextChoices):
    """States of a message to another system."""

    PENDING = "pending"
    LEASED = "leased"
    DELIVERED = "delivered"
    RETRY = "retry"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    DEAD = "dead"
    SUPERSEDED = "superseded"
    WAIVED = "waived"


DELIVERY = state_table(
    "delivery",
    DeliveryState,
    {
        "pending": "leased superseded waived",
        "leased": "delivered retry rejected unknown dead",
        "retry": "leased superseded waived",
        "unknown": "leased dead superseded waived",
        "dead": "pending superseded waived",
        "rejected": "pending superseded waived",
    },
)


class BreakState(models.TextChoices):
    """States of a reconciliation break."""

    OPEN = "open"
    PROPOSED = "proposed"
    EXPLAINED = "explained"
    MATCHED = "matched"


BREAK = state_table(
    "break",
    BreakState,
    {"open": "proposed explained matched", "proposed": "open explained matched", "explained": "open matched"},
)


class BreakKind(models.TextChoices):
    """How the two sides differ."""

    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    AMOUNT = "amount"
    CURRENCY = "currency"
    DATE = "date"
    PARTY = "party"
    DUPLICATE = "duplicate"
    STATUS = "status"


class AdapterClass(models.TextChoices):
    """What a system offers against creating a document twice (integration design, never two documents)."""

    NATIVE_KEY = "A", "honours our key"
    UNIQUE_REFERENCE = "B", "keeps our reference unique"
    SEARCHABLE_REFERENCE = "C", "finds our reference"
    NOTHING = "D", "knows no reference"
