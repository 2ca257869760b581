"""Where the kernel's pages stand in the shell."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from core.filters import view_conditions
from core.pages import person_of
from core.permissions import holds
from core.presentation import querystring
from core.presentation.counting import Countable
from core.presentation.formats import counted, day
from core.presentation.navigation import Entry, PeriodChoice, PeriodRibbon, PeriodSource, registry
from core.queries.exceptions import visible_exceptions
from core.queries.periods import Month, cut_off_of, month_of, month_rows, parse_month, working_days_until


def open_exceptions(request: HttpRequest) -> Countable:
    """Return the open items the person sees, or how many where that is known."""
    user = person_of(request)
    known = user.__dict__.get("_open_exceptions")
    if known is not None:
        return int(known)
    return visible_exceptions(user).filter(view_conditions(user, timezone.now())["open"])


def months_to_show(request: HttpRequest) -> "QuerySet[Any, Any] | None":
    """Return the months the person can switch between; None where they see no periods."""
    user = person_of(request)
    return month_rows(user) if holds(user, "period.view") else None


def period_ribbon(request: HttpRequest, rows: list[dict[str, Any]]) -> PeriodRibbon:
    """Return the month the page is about: the one in the address, else today's."""
    today = timezone.localdate()
    known = [month_of(row) for row in rows]
    asked = parse_month(request.GET.get("period", "")) or today.replace(day=1)
    shown = next((month for month in known if month.month == asked), Month(asked, 0, 0))
    return PeriodRibbon(
        label=f"{asked:%B %Y}",
        cutoff=_cut_off_in_words(asked, today),
        closed=shown.is_closed,
        close_done=shown.closed,
        close_total=shown.entities,
        close_href=f"{reverse('periods')}?period={asked:%Y-%m}",
        choices=tuple(
            PeriodChoice(
                f"{month.month:%B %Y}",
                querystring.replaced(request.GET, period=f"{month.month:%Y-%m}"),
                month.month == asked,
            )
            for month in known
        ),
    )


def _cut_off_in_words(month: date, today: date) -> str:
    cut_off = cut_off_of(month)
    if cut_off == today:
        return "today"
    left = working_days_until(cut_off, today)
    if cut_off < today or month > today:
        return day(cut_off)
    return f"in {counted(left, 'working day')}"


registry.period = PeriodSource(months_to_show, period_ribbon)
registry.add(
    Entry(
        key="exceptions",
        group="Work",
        label="Exceptions",
        url_name="exceptions",
        icon="exceptions",
        permission="exception.view",
        count=open_exceptions,
        urgent=True,
        shortcut="E",
        order=10,
    )
)
registry.add(
    Entry(
        key="schedules",
        group="Understand",
        label="Schedules",
        url_name="schedules",
        icon="calendar",
        permission="integration.view",
        order=40,
    )
)
