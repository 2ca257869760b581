"""When jobs that run by the clock are due, and what became of each time."""

from django.db import models
from django.db.models.functions import Now

from core.identifiers import UUIDv7, uuid7
from core.states import SlotState


class ScheduleSlot(models.Model):
    """One time at which a job is due. Unique, so any number of beats gives one run; kept as the record of it.

    `outcome` says in words what the run found, or why there was none; `error` why it failed last.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=UUIDv7(), editable=False)
    job = models.CharField(max_length=60)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=SlotState.choices, default=SlotState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    available_at = models.DateTimeField(db_default=Now(), help_text="Not tried again before.")
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=400, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ("-due_at",)
        constraints = [models.UniqueConstraint(fields=("job", "due_at"), name="one_slot_per_job_and_time")]

    def __str__(self) -> str:
        return f"{self.job} {self.due_at:%Y-%m-%d %H:%M}"
