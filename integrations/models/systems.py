"""Connected systems, routes to them, and what our objects are called there."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from core.models import Canonical, LegalEntity
from integrations.states import AdapterClass


class System(Canonical):
    """A connected system, and whether it may be called now.

    `paused_until` is set by the relay (breaker, throttling), `paused_by` by a person until resumed.
    `cursor` is how far its change feed was read. `tolerance` is in each document's own currency.
    """

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=80)
    vendor = models.CharField(max_length=30)
    purpose = models.CharField(max_length=20, default="erp")
    base_url = models.CharField(
        max_length=200, blank=True, help_text="Empty: the address of the environment."
    )
    adapter_class = models.CharField(
        max_length=1, choices=AdapterClass.choices, default=AdapterClass.SEARCHABLE_REFERENCE
    )
    commit_delay_seconds = models.PositiveIntegerField(
        default=60, help_text="Longest time until a document that was sent can be found there."
    )
    concurrency = models.PositiveSmallIntegerField(
        default=8,
        validators=[MinValueValidator(1), MaxValueValidator(32)],
        help_text="How many documents each worker sends it at once; 1 means one after another.",
    )
    tolerance = models.DecimalField(
        max_digits=18,
        decimal_places=4,
        default=0,
        help_text="Differences up to this amount are accepted by rule.",
    )
    paused_until = models.DateTimeField(null=True, blank=True)
    paused_by = models.CharField(max_length=80, blank=True)
    pause_reason = models.CharField(max_length=240, blank=True)
    consecutive_failures = models.PositiveIntegerField(default=0)
    cursor = models.CharField(max_length=80, blank=True)
    cursor_read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class Route(Canonical):
    """Which system gets the documents of a legal entity."""

    object_type = models.CharField(max_length=40, default="invoice")
    legal_entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="+")
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="routes")
    company_code = models.CharField(max_length=20, help_text="What the system calls the legal entity.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("object_type", "legal_entity"), name="one_route_per_object_and_entity"
            )
        ]

    def __str__(self) -> str:
        return f"{self.legal_entity_id} to {self.system_id}"


class ExternalReference(Canonical):
    """What one of our objects is called in a system, and when we last agreed on it."""

    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="references")
    object_type = models.CharField(max_length=60)
    object_id = models.UUIDField()
    external_id = models.CharField(max_length=80)
    url = models.CharField(max_length=240, blank=True)
    synced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("system", "object_type", "object_id"), name="one_reference_per_object"
            ),
            models.UniqueConstraint(
                fields=("system", "object_type", "external_id"), name="one_object_per_reference"
            ),
        ]

    def __str__(self) -> str:
        return self.external_id
