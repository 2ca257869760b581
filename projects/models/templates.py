"""What the projects of a new contract look like before anybody plans them."""

from django.db import models
from django.db.models import Q

from contracts.models import ServiceLine
from core.models import Canonical, LegalEntity
from projects.models.people import Worker


class ProjectTemplate(Canonical):
    """How one workstream of a contract becomes a project.

    The template that names both service line and selling entity goes before one that names the line, that
    before one that names the entity, and that before the default, which names neither.
    """

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=80)
    service_line = models.ForeignKey(
        ServiceLine,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: any service line.",
    )
    legal_entity = models.ForeignKey(
        LegalEntity,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="selling entity",
        help_text="Whose contracts; empty: any entity's.",
    )
    delivering_entity = models.ForeignKey(
        LegalEntity,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who delivers; empty: the entity that sells.",
    )
    manager = models.ForeignKey(
        Worker,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the contract's owner, where that is a worker.",
    )
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("code",)
        constraints = [
            models.UniqueConstraint(
                fields=("service_line", "legal_entity"),
                condition=Q(active=True),
                nulls_distinct=False,
                name="one_active_template_per_workstream",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class TemplateTask(Canonical):
    """A task each project of the template begins with; a billable one is made for every line."""

    template = models.ForeignKey(ProjectTemplate, on_delete=models.CASCADE, related_name="tasks")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    billable = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ("template", "position", "code")
        constraints = [
            models.UniqueConstraint(fields=("template", "code"), name="template_task_code_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
