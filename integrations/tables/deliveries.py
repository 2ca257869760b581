"""The register of messages, the cards of systems, and one message as a page."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from django.urls import reverse

from core.models import User
from core.presentation.columns import Column
from core.presentation.formats import money
from core.presentation.parts import Activity, Fact, Kpi
from core.presentation.register import Empty, Register
from core.presentation.table import BulkAction, Table
from core.queries.activity import events_of, feed
from integrations.filters import DeliveryFilter
from integrations.models import Delivery, DeliveryAttempt, System
from integrations.policies import may_work_on
from integrations.queries.deliveries import REPLAYABLE, SystemHealth
from integrations.states import AdapterClass, DeliveryState


def _href(row: Delivery) -> str:
    return reverse("delivery", args=[row.pk])


def _gross(row: Delivery) -> Decimal | None:
    return Decimal(str(row.payload["gross"])) if "gross" in row.payload else None


MESSAGES = Register(
    title="Integrations",
    table=Table(
        columns=(
            Column("aggregate_label", "Document", "id", sort="aggregate_label", lead=True, link=_href),
            Column("system", "System", read="system.name", sort="system__code"),
            Column(
                "gross", "Gross", "money", read=_gross, currency=lambda row: row.payload.get("currency", "")
            ),
            Column("state", "State", "state", subject="delivery", sort="state"),
            Column(
                "error", "What happened", read=lambda row: row.error[:120] or row.result.get("number", "")
            ),
            Column("attempts", "Tries", "count", sort="attempts"),
            Column("created_at", "Written", "moment", sort="created_at"),
            Column(
                "available_at",
                "Next try",
                "moment",
                read=lambda row: row.available_at if row.is_waiting else None,
            ),
        ),
        order="-created_at",
        noun=("message", "messages"),
        bulk=(BulkAction("Send again", "deliveries_replay"),),
    ),
    empty=Empty("No messages yet", "A released document writes one to the system its route names."),
    filterset=DeliveryFilter,
    template="integrations/messages.html",
)


@dataclass(frozen=True)
class SystemCard:
    """A connected system: whether it may be called, and how its queue goes."""

    health: SystemHealth
    kpis: list[Kpi]
    may_work: bool

    @property
    def system(self) -> System:
        return self.health.system

    @property
    def state(self) -> tuple[str, str]:
        """Return the words and the tone of its badge."""
        if self.system.paused_by:
            return f"Paused by {self.system.paused_by}", "hold"
        if self.health.paused:
            return "Resting", "bad"
        return ("Failing", "warn") if self.system.consecutive_failures else ("Answers", "ok")


def system_card(health: SystemHealth, *, may_work: bool) -> SystemCard:
    """Return the card of a system with its figures as links to the messages behind them."""
    where = f"{reverse('integrations')}?system={health.system.code}"
    return SystemCard(
        health=health,
        may_work=may_work,
        kpis=[
            Kpi("Waiting", text=str(health.waiting), href=where),
            Kpi("Oldest waits", text=_minutes(health.oldest_seconds), tone="bad" if health.is_late else ""),
            Kpi(
                "Needs a person",
                text=str(health.stuck),
                tone="bad" if health.stuck else "",
                href=f"{where}&stuck=true",
            ),
            Kpi("Failed calls, 24 h", text=str(health.failures), tone="warn" if health.failures else ""),
            Kpi("Delivered, 24 h", text=str(health.delivered), href=f"{where}&state=delivered"),
            Kpi(
                "Feed read",
                text=f"{_minutes(health.feed_age_seconds)} ago"
                if health.feed_age_seconds is not None
                else "never",
            ),
        ],
    )


def _minutes(seconds: int | None) -> str:
    if seconds is None:
        return "–"
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"


class DeliveryPage:
    """What integrations/delivery.html shows of one message to one person."""

    def __init__(self, user: User, delivery: Delivery) -> None:
        self.delivery = delivery
        self.may_work = may_work_on(user, delivery)

    @cached_property
    def attempts(self) -> list[DeliveryAttempt]:
        return list(self.delivery.log.order_by("-id")[:100])

    @cached_property
    def activities(self) -> list[Activity]:
        return feed(events_of("integrations.delivery", [self.delivery.pk]))

    @property
    def facts(self) -> list[Fact]:
        """Return what the message is, in words."""
        delivery, payload = self.delivery, self.delivery.payload
        amount = (
            money(Decimal(str(payload["gross"])), str(payload["currency"])) if "gross" in payload else "–"
        )
        return [
            Fact(
                "Document",
                delivery.aggregate_label,
                reverse("integrations") + f"?q={delivery.aggregate_label}",
            ),
            Fact("Customer", str(payload.get("customer_name", ""))),
            Fact("Gross", amount),
            Fact("System", str(delivery.system), quiet=str(delivery.system.get_adapter_class_display())),
            Fact("Number there", str(delivery.result.get("number") or "–")),
            Fact("Operation id", str(delivery.operation_id)),
            Fact("Correlation id", delivery.correlation_id),
            Fact("Order in its document", str(delivery.delivery_seq)),
        ]

    @property
    def payload(self) -> str:
        return json.dumps(self.delivery.payload, indent=2, ensure_ascii=False)

    @property
    def can_replay(self) -> bool:
        return self.may_work and self.delivery.state in REPLAYABLE

    @property
    def can_waive(self) -> bool:
        waivable = self.delivery.state in {*REPLAYABLE, DeliveryState.PENDING}
        return self.may_work and waivable and not self.delivery.result.get("number")

    @property
    def asks_for_word(self) -> bool:
        """Say whether only a person can know that the document is not there."""
        unsearchable = self.delivery.system.adapter_class == AdapterClass.NOTHING
        return unsearchable and self.delivery.state == DeliveryState.UNKNOWN

    @property
    def next_try(self) -> datetime | None:
        return self.delivery.available_at if self.delivery.is_waiting else None
