"""Accounting months as people work with them: the month of the page, its cut-off and its close."""

import uuid
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.dateparse import parse_date

from core.access import scoped
from core.models import AccountingPeriod, User
from core.states import PeriodState


@dataclass(frozen=True)
class Month:
    """How far the close of a month has come over the legal entities a person sees."""

    month: date
    entities: int
    closed: int

    @property
    def is_closed(self) -> bool:
        """Say whether every entity has closed it."""
        return self.entities > 0 and self.closed == self.entities


def visible_periods(user: User) -> QuerySet[AccountingPeriod]:
    """Return the accounting periods of the person's legal entities."""
    periods = AccountingPeriod.objects.select_related("legal_entity", "closed_by")
    return scoped(periods, user, "period.view", "legal_entity").order_by("-month", "legal_entity__code")


def month_rows(user: User) -> "QuerySet[Any, Any]":
    """Return a row per month that has periods, newest first, for `month_of`."""
    counts = {"entities": Count("pk"), "closed": Count("pk", filter=Q(state=PeriodState.CLOSED))}
    return visible_periods(user).order_by().values("month").annotate(**counts).order_by("-month")


def month_of(row: dict[str, Any]) -> Month:
    """Return a row of `month_rows` that was read as JSON."""
    return Month(date.fromisoformat(row["month"]), row["entities"], row["closed"])


def closed_month(legal_entity_id: uuid.UUID, day: date) -> AccountingPeriod | None:
    """Return the closed month of an entity's books in which the day lies; None where they are open."""
    months = AccountingPeriod.objects.select_related("legal_entity").filter(state=PeriodState.CLOSED)
    return months.filter(legal_entity_id=legal_entity_id, month=day.replace(day=1)).first()


def parse_month(text: str) -> date | None:
    """Return the first day of a month written as 2026-11, or None where the text is none."""
    try:
        return parse_date(f"{text}-01")
    except ValueError:
        return None


def cut_off_of(month: date) -> date:
    """Return the billing cut-off of a month: its last working day."""
    day = month.replace(day=monthrange(month.year, month.month)[1])
    return day - timedelta(days=max(0, day.weekday() - 4))


def working_days_until(cut_off: date, today: date) -> int:
    """Return how many working days lie after today, the cut-off included."""
    days = (today + timedelta(days=n) for n in range(1, (cut_off - today).days + 1))
    return sum(day.weekday() < 5 for day in days)
