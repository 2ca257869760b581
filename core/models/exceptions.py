"""The one exception queue: whatever stops money gets an owner, a price and a way out."""

from django.db import models
from django.db.models import Q

from core.models.base import Canonical
from core.models.entities import LegalEntity
from core.models.routes import ExceptionRoute
from core.states import ExceptionState


class ExceptionItem(Canonical):
    """A fault or gap somebody must settle, opened once per cause and refreshed, not duplicated.

    `money_at_risk` is in `currency`; `evidence` holds what the inspector shows, amounts as text.
    """

    class Kind(models.TextChoices):
        BUSINESS = "business"
        TECHNICAL = "technical"

    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.BUSINESS)
    code = models.CharField(max_length=40)
    cause_key = models.CharField(max_length=200)
    title = models.CharField(max_length=200)
    object_type = models.CharField(max_length=60)
    object_id = models.UUIDField()
    object_label = models.CharField(max_length=160, blank=True)
    subject_label = models.CharField(max_length=160, blank=True, help_text="Customer or other party.")
    contract_id = models.UUIDField(null=True, blank=True)
    legal_entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, null=True, related_name="+")
    flow = models.CharField(max_length=30)
    team = models.CharField(max_length=30, help_text="Role that answers for it.")
    owner = models.ForeignKey(
        "core.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="owned_exceptions"
    )
    route = models.ForeignKey(
        ExceptionRoute,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The rule that named the owner; none where a person did.",
    )
    money_at_risk = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    quantity_at_risk = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    blocks_release = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True, help_text="When it was noted as overdue.")
    snoozed_until = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=ExceptionState.choices, default=ExceptionState.OPEN)
    attempts = models.PositiveIntegerField(default=1)
    evidence = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.CharField(max_length=80, blank=True)
    resolution = models.TextField(blank=True)

    class Meta:
        ordering = ("-opened_at",)
        constraints = [
            models.UniqueConstraint(
                fields=("cause_key",),
                condition=Q(state__in=["open", "in_progress"]),
                name="one_open_exception_per_cause",
            ),
            models.CheckConstraint(
                name="exception_closed_with_reason_and_actor",
                condition=Q(state__in=["open", "in_progress"], resolved_at__isnull=True)
                | (
                    Q(state__in=["resolved", "waived"], resolved_at__isnull=False)
                    & ~Q(resolution="")
                    & ~Q(resolved_by="")
                ),
            ),
        ]
        indexes = [models.Index(fields=("state", "code"), name="exception_queue")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"
