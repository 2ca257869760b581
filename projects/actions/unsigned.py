"""The exception of a milestone that waits too long for its sign-off. Steps: they need an open transaction."""

from datetime import date
from typing import Any

from django.conf import settings

from core.actors import Actor
from core.exceptions import OPEN_STATES, Cause, open_exception
from core.models import ExceptionItem
from core.presentation import formats
from projects.models import Milestone
from projects.queries.milestones import with_terms


def unsigned_key(milestone: Milestone) -> str:
    """Return the cause key of the exception that a milestone waits too long."""
    return f"milestone_unsigned:{milestone.pk}"


def refresh_unsigned(milestone: Milestone, *, on: date, actor: Actor) -> None:
    """Have the open exception of a milestone tell what still waits, at the terms of a day; else nothing."""
    known = ExceptionItem.objects.filter(cause_key=unsigned_key(milestone), state__in=OPEN_STATES)
    if known.exists():
        rows = with_terms(Milestone.objects.filter(pk=milestone.pk), on)
        open_exception(
            unsigned_cause(rows.select_related("project", "contract__customer").get()), actor=actor
        )


def unsigned_cause(milestone: Any) -> Cause:
    """Return the exception of a milestone read with its terms: at risk is what is not accepted yet."""
    name = milestone.name or milestone.term_key
    since = formats.day(milestone.completed_on)
    return Cause(
        code="milestone_unsigned",
        key=unsigned_key(milestone),
        title=f"{name} waits for its sign-off since {since}"[:200],
        object_type="projects.milestone",
        object_id=milestone.pk,
        object_label=f"{milestone.code} {name}"[:160],
        subject_label=milestone.contract.customer.name,
        contract_id=milestone.contract_id,
        legal_entity_id=milestone.project.legal_entity_id,
        flow="delivery",
        team="pmo",
        money_at_risk=milestone.waiting_amount,
        currency=milestone.contract.currency_id,
        evidence={
            "milestone": milestone.code,
            "completed_on": since,
            "allowed_days": settings.MILESTONE_UNSIGNED_DAYS,
        },
    )
