"""Questions about milestones: with their terms of a day, what is accepted, what waits. Never writes."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import (
    BooleanField,
    DecimalField,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from contracts.models import ContractVersion, MilestoneTerm
from contracts.states import VersionStatus
from core.access import entity_filter
from core.models import Event, User
from projects.models import Milestone, SignOff
from projects.queries import visible_projects
from projects.states import MilestoneStatus

PERCENT: "DecimalField[Any, Any]" = DecimalField(max_digits=7, decimal_places=4)
AMOUNT: "DecimalField[Any, Any]" = DecimalField(max_digits=18, decimal_places=4)
TERMS = ("name", "amount", "required_percent", "deemed_after_days")


def visible_milestones(user: User) -> QuerySet[Milestone]:
    """Return the milestones of the projects within the user's reach, to those who may see milestones."""
    allowed = entity_filter(user, "milestone.view", "project__legal_entity")
    return Milestone.objects.filter(allowed, project__in=visible_projects(user).values("pk"))


def with_terms(milestones: QuerySet[Milestone], on: date) -> QuerySet[Any]:
    """Add name, amount, required percent and deemed days from the terms in force on a day.

    Before the first terms begin, the newest approved ones speak. A milestone that they do not know any
    more has none of these. Adds `accepted_percent` and `waiting_amount`: what is not accepted, in the
    contract's currency.
    """
    approved = ContractVersion.objects.filter(
        contract=OuterRef(OuterRef("contract_id")), status=VersionStatus.APPROVED
    )
    begun = ExpressionWrapper(Q(effective_from__lte=on), output_field=BooleanField())
    speaking = approved.annotate(begun=begun).order_by("-begun", "-number").values("pk")[:1]
    terms = MilestoneTerm.objects.filter(
        line__contract_version=Subquery(speaking),
        line__key=OuterRef("contract_line_key"),
        key=OuterRef("term_key"),
    )
    signed = SignOff.objects.filter(milestone=OuterRef("pk")).values("milestone")
    accepted = Subquery(signed.annotate(sum=Sum("percent")).values("sum"), output_field=PERCENT)
    left = Func(
        F("amount") * (Value(Decimal(100)) - F("accepted_percent")) / Value(Decimal(100)),
        F("contract__currency__minor_unit"),
        function="round",
        output_field=AMOUNT,
    )
    return milestones.annotate(
        **{name: Subquery(terms.values(name)[:1]) for name in TERMS},
        accepted_percent=Coalesce(accepted, Value(Decimal(0)), output_field=PERCENT),
    ).annotate(waiting_amount=left)


def listed_milestones(user: User, on: date) -> QuerySet[Any]:
    """Return the milestones with what their register shows."""
    rows = with_terms(visible_milestones(user), on)
    return rows.select_related("project__manager", "contract__customer")


def unsigned(milestones: QuerySet[Milestone], on: date, days: int | None = None) -> QuerySet[Milestone]:
    """Narrow to the milestones that have waited for their sign-off longer than so many days."""
    waited = settings.MILESTONE_UNSIGNED_DAYS if days is None else days
    return milestones.filter(status=MilestoneStatus.COMPLETED, completed_on__lt=on - timedelta(days=waited))


def activity_of_milestone(milestone: Milestone) -> QuerySet[Event]:
    """Return the events of a milestone, newest first."""
    return Event.objects.filter(aggregate_type="projects.milestone", aggregate_id=milestone.pk).order_by(
        "-seq"
    )
