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


class InboxState(models.TextChoices):
    """States of a message that came in; conflict is another body under an event id we hold."""

    WAITING = "waiting"
    PROCESSED = "processed"
    SUPERSEDED = "superseded"
    REJECTED = "rejected"
    CONFLICT = "conflict"


INBOX = state_table("inbox message", InboxState, {"waiting": "processed superseded rejected"})


class MappingState(models.TextChoices):
    """States of a mapping version."""

    DRAFT = "draft"
    ACTIVE = "active"
    RETIRED = "retired"


MAPPING = state_table("mapping", MappingState, {"draft": "active", "active": "retired"})


class CredentialPurpose(models.TextChoices):
    """What a secret is for."""

    WEBHOOK_SECRET = "webhook_secret", "signs webhooks that come in"
    API_TOKEN = "api_token", "calls the system's interface"
