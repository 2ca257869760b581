"""Questions about messages to other systems."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from billing.models import Proposal
from billing.states import ProposalStatus
from core.access import scoped
from core.exceptions import OPEN_STATES
from core.models import ExceptionItem, User
from integrations.models import Delivery, DeliveryAttempt, System
from integrations.states import DeliveryState

UNFINISHED = ("pending", "leased", "retry", "unknown", "rejected", "dead")
IN_FLIGHT = ("pending", "leased", "retry", "unknown")
OBJECTIVE_SECONDS = 600
STUCK = ("rejected", "dead")
REPLAYABLE = ("rejected", "dead", "unknown", "retry")


def visible_deliveries(user: User) -> QuerySet[Delivery]:
    """Return the messages about legal entities the user looks after."""
    return scoped(Delivery.objects.all(), user, "integration.view", "legal_entity")


def replayable_deliveries_of(proposal_id: uuid.UUID) -> QuerySet[Delivery]:
    """Return the messages of a proposal that can be sent again."""
    return Delivery.objects.filter(
        aggregate_type="billing.proposal", aggregate_id=proposal_id, state__in=REPLAYABLE
    )


def refused_over_customers(account_ids: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """Return the rejected messages whose open exception says that one of these bill-tos is incomplete."""
    items = ExceptionItem.objects.filter(
        code="customer_incomplete",
        state__in=OPEN_STATES,
        evidence__billing_account_id__in=[str(pk) for pk in account_ids],
    )
    told = [pk for pk in items.values_list("evidence__delivery_id", flat=True) if pk]
    rows = Delivery.objects.filter(pk__in=told, state=DeliveryState.REJECTED)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def unrouted_proposals() -> QuerySet[Proposal]:
    """Return released proposals that found no route and still wait for one."""
    waiting = ExceptionItem.objects.filter(
        code="mapping_missing",
        object_type="billing.proposal",
        object_id=OuterRef("pk"),
        state__in=OPEN_STATES,
    )
    return Proposal.objects.filter(Exists(waiting), status=ProposalStatus.RELEASING).order_by("pk")


def stuck_deliveries(user: User) -> QuerySet[Delivery]:
    """Return the messages that wait for a person."""
    return visible_deliveries(user).filter(state__in=STUCK)


@dataclass(frozen=True)
class SystemHealth:
    """How a system's queue goes; seconds since, None where there is nothing."""

    system: System
    paused: bool
    waiting: int
    oldest_seconds: int | None
    stuck: int
    failures: int
    delivered: int
    feed_age_seconds: int | None

    @property
    def is_late(self) -> bool:
        """Say whether the oldest message missed the objective of ten minutes."""
        return (self.oldest_seconds or 0) > OBJECTIVE_SECONDS


def system_health(user: User, *, now: datetime) -> list[SystemHealth]:
    """Return every system with the figures of the messages the user may see."""
    day_ago = now - timedelta(days=1)
    counts: dict[uuid.UUID, dict[str, Any]] = {
        row["system_id"]: dict(row)
        for row in visible_deliveries(user)
        .order_by()
        .values("system_id")
        .annotate(
            waiting=Count("pk", filter=Q(state__in=IN_FLIGHT)),
            oldest=Min("created_at", filter=Q(state__in=IN_FLIGHT)),
            stuck=Count("pk", filter=Q(state__in=STUCK)),
            delivered=Count("pk", filter=Q(state="delivered", finished_at__gte=day_ago)),
        )
    }
    failed = dict(
        DeliveryAttempt.objects.filter(started_at__gte=day_ago, delivery__in=visible_deliveries(user))
        .exclude(outcome="delivered")
        .values_list("delivery__system_id")
        .annotate(Count("pk"))
    )
    return [
        _health(system, counts.get(system.pk, {}), failed.get(system.pk, 0), now)
        for system in System.objects.order_by("code")
    ]


def _health(system: System, counts: dict[str, Any], failures: int, now: datetime) -> SystemHealth:
    return SystemHealth(
        system=system,
        paused=bool(system.paused_by or (system.paused_until and system.paused_until > now)),
        waiting=counts.get("waiting", 0),
        oldest_seconds=_since(counts.get("oldest"), now),
        stuck=counts.get("stuck", 0),
        failures=failures,
        delivered=counts.get("delivered", 0),
        feed_age_seconds=_since(system.cursor_read_at, now),
    )


def _since(moment: datetime | None, now: datetime) -> int | None:
    return int((now - moment).total_seconds()) if moment else None
