"""Projects, their tasks, and who is assigned to them."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from contracts.models import Contract, DeliveryRole, ServiceLine
from contracts.states import Unit
from core.models import Canonical, LegalEntity
from projects.models.people import Worker
from projects.states import AssignmentStatus, ProjectStatus, TaskStatus


class Project(Canonical):
    """The delivery of a contract by one legal entity; time is accepted only while it is active.

    `waits_for` is kept by the activation of the contract: while it names something, the project cannot open.
    """

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=160)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="projects")
    legal_entity = models.ForeignKey(
        LegalEntity, on_delete=models.PROTECT, related_name="+", help_text="Delivering legal entity."
    )
    manager = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="managed_projects")
    service_line = models.ForeignKey(ServiceLine, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=12, choices=ProjectStatus.choices, default=ProjectStatus.PLANNED)
    waits_for = models.CharField(
        max_length=400, blank=True, help_text="What is still missing before delivery opens, in words."
    )

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Task(Canonical):
    """A piece of the project's work breakdown; its contract line says how its time is billed."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="tasks")
    code = models.CharField(max_length=30)
    name = models.CharField(max_length=160)
    contract_line_key = models.SlugField(max_length=40, blank=True)
    billable = models.BooleanField(default=True)
    status = models.CharField(max_length=8, choices=TaskStatus.choices, default=TaskStatus.OPEN)
    budget_hours = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering = ("project", "code")
        constraints = [
            models.UniqueConstraint(fields=("project", "code"), name="task_code_once_per_project"),
            models.CheckConstraint(
                name="billable_task_names_its_line",
                condition=Q(billable=False) | ~Q(contract_line_key=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Assignment(Canonical):
    """A worker on a project on the days of `valid`, in a role, at an own price if agreed."""

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="assignments")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="assignments")
    role = models.ForeignKey(DeliveryRole, on_delete=models.PROTECT, related_name="+")
    valid = DateRangeField()
    allocation_percent = models.DecimalField(max_digits=6, decimal_places=2, default=100)
    planned_hours = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    rate_override = models.DecimalField(
        max_digits=18,
        decimal_places=4,
        null=True,
        blank=True,
        help_text="Agreed price of one unit in the contract's currency; goes before every card.",
    )
    override_unit = models.CharField(max_length=4, choices=Unit.choices, default=Unit.HOUR)
    status = models.CharField(
        max_length=10, choices=AssignmentStatus.choices, default=AssignmentStatus.PROPOSED
    )

    class Meta:
        ordering = ("project", "worker", "valid")
        constraints = [
            ExclusionConstraint(
                name="one_assignment_a_day",
                expressions=[
                    ("worker", RangeOperators.EQUAL),
                    ("project", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=["proposed", "confirmed", "ended"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.worker_id} on {self.project_id}"
