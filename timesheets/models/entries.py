"""Work as it was recorded, submitted and approved."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.models import Canonical
from projects.models import Project, Task, Worker
from timesheets.states import EntryKind, EntryStatus


class WorkType(Canonical):
    """The kind of work, such as overtime; `multiplier` applies to the price unless a rate names the type."""

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=80)
    multiplier = models.DecimalField(max_digits=6, decimal_places=4, default=Decimal(1))
    billable = models.BooleanField(default=True)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class Timesheet(Canonical):
    """The week of a worker: a container whose state follows from its entries."""

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="timesheets")
    week = models.DateField(help_text="The Monday of the ISO week.")

    class Meta:
        ordering = ("-week", "worker")
        constraints = [
            models.UniqueConstraint(fields=("worker", "week"), name="one_timesheet_a_week"),
            models.CheckConstraint(condition=Q(week__iso_week_day=1), name="timesheet_starts_on_monday"),
        ]

    def __str__(self) -> str:
        return f"{self.worker_id} {self.week}"


class TimeEntry(Canonical):
    """Hours of one worker on one task and day. Approved entries are facts: they are corrected, never edited.

    A correction is a reversal and, unless the work never happened, a replacement; both name the entry
    they correct and share its `root`. What counts is the approved work or replacement of each chain.
    """

    timesheet = models.ForeignKey(Timesheet, on_delete=models.PROTECT, related_name="entries")
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="+", db_index=False)
    work_date = models.DateField()
    hours = models.DecimalField(max_digits=7, decimal_places=4)
    work_type = models.ForeignKey(WorkType, on_delete=models.PROTECT, related_name="+", db_index=False)
    location = models.CharField(
        max_length=30, blank=True, help_text="Region code, where it is not the usual one."
    )
    note = models.CharField(max_length=500, blank=True)
    billable = models.BooleanField(default=True)
    status = models.CharField(max_length=10, choices=EntryStatus.choices, default=EntryStatus.DRAFT)
    kind = models.CharField(max_length=12, choices=EntryKind.choices, default=EntryKind.WORK)
    root_id = models.UUIDField(help_text="First entry of the chain; an uncorrected entry names itself.")
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    source_system = models.CharField(max_length=30, default="tieout")
    source_key = models.CharField(max_length=80)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    rejection_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("work_date", "id")
        verbose_name_plural = "time entries"
        constraints = [
            models.UniqueConstraint(fields=("source_system", "source_key"), name="entry_once_per_source"),
            models.CheckConstraint(
                name="entry_hours_in_range",
                condition=Q(kind="reversal", hours__lt=0, hours__gte=-24)
                | (~Q(kind="reversal") & Q(hours__gt=0, hours__lte=24)),
            ),
            models.CheckConstraint(
                name="entry_correction_names_its_entry",
                condition=Q(kind="work", corrects__isnull=True)
                | (~Q(kind="work") & Q(corrects__isnull=False)),
            ),
            models.CheckConstraint(
                name="entry_approval_facts_together",
                condition=Q(
                    status__in=["approved", "corrected"], approved_by__isnull=False, approved_at__isnull=False
                )
                | Q(
                    status__in=["draft", "submitted", "rejected"],
                    approved_by__isnull=True,
                    approved_at__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="entry_approver_is_not_submitter",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("submitted_by")),
            ),
            models.UniqueConstraint(
                fields=("corrects", "kind"),
                condition=~Q(status="rejected"),
                name="entry_corrected_once",
            ),
        ]
        indexes = [
            models.Index(fields=("project", "status", "work_date"), name="entry_by_project"),
            models.Index(fields=("worker", "work_date"), name="entry_by_worker_day"),
            models.Index(fields=("root_id",), name="entry_by_root"),
        ]

    def __str__(self) -> str:
        return f"{self.work_date} {self.hours} h"


class Approval(Canonical):
    """A decision on the time of one worker on one project in one week."""

    class Decision(models.TextChoices):
        APPROVED = "approved"
        REJECTED = "rejected"

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    week = models.DateField()
    decision = models.CharField(max_length=8, choices=Decision.choices)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    comment = models.CharField(max_length=500, blank=True)
    entries = models.PositiveIntegerField()
    hours = models.DecimalField(max_digits=12, decimal_places=4)

    class Meta:
        ordering = ("-decided_at",)
        indexes = [models.Index(fields=("project", "week"), name="approval_by_project_week")]

    def __str__(self) -> str:
        return f"{self.worker_id} {self.project_id} {self.week} {self.decision}"
