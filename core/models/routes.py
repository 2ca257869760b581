"""Who answers for which exceptions, and how soon: rules that stewards edit."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models.base import Canonical
from core.models.entities import LegalEntity


class ExceptionRoute(Canonical):
    """A rule: exceptions like this go to that person and are due after so long.

    An empty condition matches everything. Of several rules that match, the one with the narrowest condition
    decides: contract before customer, code, legal entity, flow, team, kind. A due time counts from the
    opening: working days (Monday to Friday) or hours; without one the default of the kind holds.
    """

    class AssignTo(models.TextChoices):
        PERSON = "person", "the person named here"
        CONTRACT_OWNER = "contract_owner", "the contract's owner"
        PROJECT_MANAGER = "project_manager", "the contract's project manager"
        TEAM = "team", "nobody: the team takes it"

    contract = models.CharField(max_length=20, blank=True, help_text="Code of a contract, such as C-1042.")
    customer = models.CharField(max_length=20, blank=True, help_text="Code of a customer.")
    code = models.CharField(max_length=40, blank=True, help_text="Code of the cause, such as rate_missing.")
    legal_entity = models.ForeignKey(
        LegalEntity, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    flow = models.CharField(max_length=30, blank=True)
    team = models.CharField(max_length=30, blank=True)
    kind = models.CharField(
        max_length=10, blank=True, choices=[("business", "business"), ("technical", "technical")]
    )
    assign_to = models.CharField(max_length=16, choices=AssignTo.choices, default=AssignTo.TEAM)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    due_working_days = models.PositiveSmallIntegerField(null=True, blank=True)
    due_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("code", "legal_entity", "contract", "customer")
        constraints = [
            models.UniqueConstraint(
                fields=("contract", "customer", "code", "legal_entity", "flow", "team", "kind"),
                condition=Q(is_active=True),
                nulls_distinct=False,
                name="one_route_per_condition",
                violation_error_message="There is an active rule with the same conditions.",
            ),
            models.CheckConstraint(
                name="route_names_its_person",
                condition=Q(assign_to="person", owner__isnull=False)
                | (~Q(assign_to="person") & Q(owner__isnull=True)),
                violation_error_message="Name a person where, and only where, the rule assigns to one.",
            ),
            models.CheckConstraint(
                name="route_due_in_one_unit",
                condition=Q(due_working_days__isnull=True) | Q(due_hours__isnull=True),
                violation_error_message="Give working days or hours, not both.",
            ),
        ]

    def __str__(self) -> str:
        said = [f"{name} {value}" for name in CONDITIONS if (value := getattr(self, name))]
        return ", ".join(said) or "everything"


# From the narrowest to the widest.
CONDITIONS = ("contract", "customer", "code", "legal_entity", "flow", "team", "kind")
