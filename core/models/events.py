"""The append-only event log, and the reactions it owes."""

from django.db import models
from django.db.models.functions import Now

from core.identifiers import UUIDv7, uuid7


class TransactionIdField(models.Field):  # type: ignore[type-arg]
    """PostgreSQL's 64-bit transaction number, comparable with `pg_snapshot_xmin`."""

    def db_type(self, connection: object) -> str:
        """Return the column type."""
        return "xid8"


class Event(models.Model):
    """Something that happened, in the past tense. Audit entry and outbox message in one row.

    Rows are inserted by `core.events.record` and never changed: privilege, row trigger and
    TRUNCATE trigger refuse it. `transaction_id` lets readers find rows below the oldest open one.
    """

    seq = models.BigAutoField(primary_key=True)
    id = models.UUIDField(unique=True, default=uuid7, db_default=UUIDv7(), editable=False)
    occurred_at = models.DateTimeField(db_default=Now())
    type = models.CharField(max_length=60)
    schema_version = models.PositiveSmallIntegerField(default=1)
    aggregate_type = models.CharField(max_length=60)
    aggregate_id = models.UUIDField()
    aggregate_seq = models.PositiveIntegerField()
    legal_entity = models.ForeignKey(
        "core.LegalEntity", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    actor = models.CharField(max_length=80)
    correlation_id = models.CharField(max_length=64)
    causation_id = models.UUIDField(null=True)
    traceparent = models.CharField(max_length=60, blank=True, default="", db_default="")
    effective_on = models.DateField(null=True)
    reason = models.TextField(blank=True)
    payload = models.JSONField(default=dict)
    transaction_id = TransactionIdField(db_default=models.Func(function="pg_current_xact_id"), editable=False)

    class Meta:
        ordering = ("seq",)
        constraints = [
            models.UniqueConstraint(
                fields=("aggregate_type", "aggregate_id", "aggregate_seq"), name="event_order_in_aggregate"
            )
        ]
        indexes = [
            models.Index(fields=("type", "seq"), name="event_by_type"),
            models.Index(fields=("correlation_id",), name="event_by_correlation"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.type}"


class Reaction(models.Model):
    """One handler's duty towards one event; written with the event, kept until it is done."""

    class State(models.TextChoices):
        PENDING = "pending"
        DONE = "done"
        DEAD = "dead"

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="reactions", db_index=False)
    handler = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    available_at = models.DateTimeField(db_default=Now())
    error = models.TextField(blank=True, default="", db_default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("event", "handler"), name="one_reaction_per_handler")]
        indexes = [
            models.Index(
                fields=("handler", "available_at", "id"),
                condition=models.Q(state="pending"),
                name="reaction_pending",
            )
        ]

    def __str__(self) -> str:
        return f"{self.handler} after {self.event_id}"
