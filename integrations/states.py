"""States of deliveries, breaks and processes and their legal moves."""

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


class ProcessKind(models.TextChoices):
    """What a process is for."""

    CONTRACT_ACTIVATION = "contract_activation", "activation"


class ProcessState(models.TextChoices):
    """States of a process; it waits while one of its steps needs a person."""

    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"
    CANCELLED = "cancelled"


PROCESS = state_table(
    "process", ProcessState, {"running": "waiting done cancelled", "waiting": "running done cancelled"}
)


class StepState(models.TextChoices):
    """States of a step: waiting for a person after a refusal, failed after every retry."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    WAITING = "waiting"
    FAILED = "failed"


PROCESS_STEP = state_table(
    "process step",
    StepState,
    {
        "pending": "running",
        "running": "done pending waiting failed",
        "waiting": "pending",
        "failed": "pending",
    },
)


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


# A conflict is told apart as the message arrives, before anything else is done with it.
INBOX = state_table("inbox message", InboxState, {"waiting": "processed superseded rejected conflict"})


class MappingState(models.TextChoices):
    """States of a mapping version."""

    DRAFT = "draft"
    ACTIVE = "active"
    RETIRED = "retired"


MAPPING = state_table("mapping", MappingState, {"draft": "active", "active": "retired"})


class Flow(models.TextChoices):
    """What moves between people and systems, and should be through in time."""

    PRICING = "pricing", "approved time to charge"
    POSTING = "posting", "release to posted document"
    ACTIVATION = "activation", "contract activation"
    SETTLING = "settling", "reconciliation break to settlement"


class CredentialPurpose(models.TextChoices):
    """What a secret is for."""

    WEBHOOK_SECRET = "webhook_secret", "signs webhooks that come in"
    API_TOKEN = "api_token", "calls the system's interface"
