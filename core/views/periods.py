"""Accounting months: see how far their close is, close and reopen them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.actions.periods import close_period, reopen_period
from core.actors import Actor
from core.errors import Refusal
from core.pages import page, person_of
from core.permissions import holds
from core.queries.periods import parse_month, visible_periods


@page("period.view")
def periods(request: HttpRequest) -> HttpResponse:
    """List the months of the person's legal entities, newest first; `?period=` shows one month."""
    user = person_of(request)
    month = parse_month(request.GET.get("period", ""))
    rows = visible_periods(user)
    context = {
        "periods": rows.filter(month=month) if month else rows,
        "month": month,
        "today": timezone.localdate(),
        "may_close": holds(user, "period.close"),
        "may_reopen": holds(user, "period.reopen"),
    }
    return render(request, "periods/list.html", context)


@require_POST
@page("period.close")
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close a month and go back to the list."""
    try:
        period = close_period(pk, actor=Actor.of(person_of(request)))
        messages.success(request, f"Closed: {period.label}.")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("periods")


@require_POST
@page("period.reopen")
def reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open a month again with a reason and go back to the list."""
    reason = request.POST.get("reason", "")
    try:
        period = reopen_period(pk, actor=Actor.of(person_of(request)), reason=reason)
        messages.success(request, f"Open again: {period.label}.")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("periods")
