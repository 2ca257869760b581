"""Decisions about money: what waits for a second person, and what was decided."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from billing.actions.decisions import approve_adjustment, reject_adjustment
from billing.filters import DecisionFilter
from billing.forms import ReasonForm
from billing.models import Adjustment
from billing.queries.visibility import visible_adjustments
from billing.tables import DECISIONS, for_person
from billing.views.answers import ask, done, refused
from core.actors import Actor
from core.errors import Invalid, Refusal
from core.identifiers import parse_uuid
from core.pages import page, person_of
from core.presentation.parts import Tab
from core.presentation.register import register_view
from core.presentation.selection import NothingSelected, Selection

WAITING = "?status=submitted"


@page("charge.view")
def decisions(request: HttpRequest) -> HttpResponseBase:
    """List write-offs, write-downs and write-ups."""
    user = person_of(request)
    rows = visible_adjustments(user).select_related("contract", "author", "approved_by")
    status = request.GET.get("status", "")
    waiting = rows.filter(status="submitted").count()
    tabs = (
        Tab("Waiting", WAITING, waiting, status == "submitted"),
        Tab("Approved", "?status=approved", current=status == "approved"),
        Tab("Rejected", "?status=rejected", current=status == "rejected"),
        Tab("All", "?", current=not status),
    )
    return register_view(request, for_person(DECISIONS, user), rows, tabs=tabs)


@require_POST
@page("proposal.approve")
def approve(request: HttpRequest) -> HttpResponse:
    """Approve the selected decisions, all or none; nobody approves what they asked for."""
    chosen, actor = _chosen(request), Actor.of(person_of(request))
    with transaction.atomic():
        for adjustment in chosen:
            approve_adjustment(adjustment.pk, actor=actor)
    return done(request, f"{len(chosen)} approved", back=reverse("decisions") + WAITING)


@require_POST
@page("proposal.approve")
def reject(request: HttpRequest) -> HttpResponse:
    """Ask why, and reject the selected decisions, all or none."""
    chosen, actor = _chosen(request), Actor.of(person_of(request))
    form = ReasonForm(request.POST if "reason" in request.POST else None)
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                for adjustment in chosen:
                    reject_adjustment(adjustment.pk, **form.cleaned_data, actor=actor)
            return done(request, f"{len(chosen)} rejected", back=reverse("decisions") + WAITING)
        except Refusal as refusal:
            refused(form, refusal)
    count = f"{len(chosen)} decisions" if len(chosen) > 1 else "this decision"
    hidden = tuple(("selected", str(one.pk)) for one in chosen)
    return ask(request, title=f"Reject {count}", button="Reject", form=form, hidden=hidden, tone="danger")


def _chosen(request: HttpRequest) -> list[Adjustment]:
    visible = visible_adjustments(person_of(request))
    filtered = DecisionFilter(request.GET, queryset=visible, request=request)
    if not filtered.is_valid():
        raise Invalid("The filter was not understood.", field="q")
    selection = Selection.parse(request.POST)
    if not selection.everything and not all(parse_uuid(text) for text in selection.ids):
        raise NothingSelected("The selection names decisions that do not exist.", field="selected")
    return list(selection.rows(filtered.qs).order_by("created_at", "pk"))
