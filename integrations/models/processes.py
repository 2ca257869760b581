"""Processes: what must happen across systems after something was decided, step by step, until it is done."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.identifiers import UUIDv7, uuid7
from core.models import Canonical, LegalEntity
from integrations.models.systems import System
from integrations.states import ProcessKind, ProcessState, StepState


class Process(Canonical):
    """One run of a kind of process for one subject; `waiting` means that a step needs a person.

    `money_at_risk` is what the subject is worth, in `currency`; empty where that is not known.
    """

    kind = models.CharField(max_length=30, choices=ProcessKind.choices)
    subject_type = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    subject_label = models.CharField(max_length=60)
    party = models.CharField(max_length=160, blank=True, help_text="Customer or other party.")
    contract_id = models.UUIDField(null=True)
    legal_entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="+")
    money_at_risk = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    state = models.CharField(max_length=10, choices=ProcessState.choices, default=ProcessState.RUNNING)
    correlation = models.CharField(max_length=64, help_text="Correlation id of the decision that began it.")
    causation_id = models.UUIDField(null=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)
        verbose_name_plural = "processes"
        constraints = [
            models.UniqueConstraint(
                fields=("kind", "subject_id"),
                condition=~Q(state="cancelled"),
                name="one_live_process_per_subject",
            ),
            models.CheckConstraint(
                name="process_ends_with_its_state",
                condition=Q(state__in=["running", "waiting"], finished_at__isnull=True)
                | Q(state__in=["done", "cancelled"], finished_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.subject_label}"


class ProcessStep(models.Model):
    """One step: due once those it depends on are done, held by lease; its result is kept.

    `key` is unique in its process, `work` names what the step does, `about` the object it does it with.
    `called` means that another system may have acted on an earlier try: it is looked at before anything is
    asked again. `operation_id` is the step's one name in every try. `compensation` names what takes it back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=UUIDv7(), editable=False)
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=80)
    work = models.CharField(max_length=40)
    label = models.CharField(max_length=200)
    depends_on = ArrayField(models.CharField(max_length=80), default=list)
    system = models.ForeignKey(System, on_delete=models.PROTECT, null=True, related_name="process_steps")
    about_type = models.CharField(max_length=60, blank=True)
    about_id = models.UUIDField(null=True)
    operation_id = models.UUIDField(unique=True)
    compensation = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=StepState.choices, default=StepState.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    available_at = models.DateTimeField(db_default=Now())
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    epoch = models.PositiveIntegerField(default=0)
    called = models.BooleanField(default=False, help_text="The system may have acted on an earlier try.")
    called_at = models.DateTimeField(null=True, blank=True)
    finds = models.PositiveSmallIntegerField(default=0)
    retry_seconds = models.PositiveIntegerField(default=0)
    error_class = models.CharField(max_length=40, blank=True)
    error = models.TextField(blank=True)
    result = models.JSONField(default=dict)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("process", "position")
        constraints = [
            models.UniqueConstraint(fields=("process", "key"), name="one_step_per_key"),
            models.CheckConstraint(
                name="held_step_has_a_lease",
                condition=Q(state="running", lease_until__isnull=False)
                | (~Q(state="running") & Q(lease_until__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(
                fields=("available_at",), condition=Q(state__in=["pending", "running"]), name="step_due"
            )
        ]

    def __str__(self) -> str:
        return self.label


class StepAttempt(models.Model):
    """One try of a step: what was done, what came back, how long it took."""

    id = models.BigAutoField(primary_key=True)
    step = models.ForeignKey(ProcessStep, on_delete=models.PROTECT, related_name="log")
    epoch = models.PositiveIntegerField()
    action = models.CharField(max_length=10)
    started_at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField(null=True)
    outcome = models.CharField(max_length=40)
    detail = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.action}: {self.outcome}"
