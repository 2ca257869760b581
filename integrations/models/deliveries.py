"""Messages to other systems: written with the event that causes them, kept until confirmed."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.identifiers import UUIDv7, uuid7
from core.models import LegalEntity
from integrations.models.systems import System
from integrations.states import DeliveryState


class Delivery(models.Model):
    """One operation another system should carry out once.

    Delivered in order per aggregate (`delivery_seq` is dense per system and aggregate). A worker holds it
    by lease; `epoch` grows with each claim and fences late writers. `operation_id` is the target's own key.
    `sent` means the document may exist there: it is looked for before anything is sent again.
    `retry_seconds` sums the waits between retries; time on a paused system does not count.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=UUIDv7(), editable=False)
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    legal_entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="+", null=True)
    aggregate_type = models.CharField(max_length=60)
    aggregate_id = models.UUIDField()
    aggregate_label = models.CharField(max_length=60, blank=True)
    delivery_seq = models.PositiveIntegerField()
    operation = models.CharField(max_length=40)
    operation_id = models.UUIDField()
    payload = models.JSONField()
    payload_sha256 = models.CharField(max_length=64)
    schema_version = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    finds = models.PositiveSmallIntegerField(default=0)
    available_at = models.DateTimeField(db_default=Now())
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    epoch = models.PositiveIntegerField(default=0)
    sent = models.BooleanField(default=False, help_text="The document may have reached the system.")
    sent_at = models.DateTimeField(null=True, blank=True)
    unknown_since = models.DateTimeField(null=True, blank=True)
    retry_seconds = models.PositiveIntegerField(default=0)
    error_class = models.CharField(max_length=40, blank=True)
    error = models.TextField(blank=True)
    result = models.JSONField(default=dict)
    traceparent = models.CharField(max_length=60, blank=True)
    correlation_id = models.CharField(max_length=64)
    causation_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("created_at",)
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=("system", "aggregate_type", "aggregate_id", "delivery_seq"),
                name="delivery_order_in_aggregate",
            ),
            models.UniqueConstraint(fields=("system", "operation_id"), name="one_delivery_per_operation"),
        ]
        indexes = [
            models.Index(
                fields=("system", "available_at"),
                condition=Q(state__in=["pending", "retry", "unknown", "leased"]),
                name="delivery_due",
            )
        ]

    def __str__(self) -> str:
        return f"The message about {self.aggregate_label}"

    @property
    def is_waiting(self) -> bool:
        """Say whether the relay will take the message up by itself."""
        return self.state in {DeliveryState.PENDING, DeliveryState.RETRY, DeliveryState.UNKNOWN}


class DeliveryAttempt(models.Model):
    """One try: what was asked, what came back, how long it took."""

    id = models.BigAutoField(primary_key=True)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="log")
    epoch = models.PositiveIntegerField()
    action = models.CharField(max_length=10)
    started_at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField(null=True)
    outcome = models.CharField(max_length=20)
    detail = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.action}: {self.outcome}"
