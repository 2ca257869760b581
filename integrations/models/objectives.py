"""How fast things should flow: targets that stewards set."""

from django.db import models
from django.db.models import Q

from core.models import Canonical
from integrations.states import Flow


class FlowObjective(Canonical):
    """Within how many seconds one piece of a flow should be through; one row per flow."""

    flow = models.CharField(max_length=20, choices=Flow.choices, unique=True)
    seconds = models.PositiveIntegerField(help_text="From the start of the flow to its end.")

    class Meta:
        ordering = ("flow",)
        constraints = [
            models.CheckConstraint(
                condition=Q(seconds__gt=0),
                name="flow_objective_positive",
                violation_error_message="The objective must be more than 0 seconds.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_flow_display()} within {self.seconds} s"
