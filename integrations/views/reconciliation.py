"""Pages of the reconciliation of invoices."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseStopPolling

from core.actors import Actor
from core.errors import Forbidden, Refusal
from core.pages import page, person_of
from core.presentation.asking import Done, Question, ask
from core.presentation.register import render_part
from integrations.actions.breaks import accept_difference, propose_explanation, reject_explanation
from integrations.actions.deliveries import replay_delivery
from integrations.actions.reconciliation import request_reconciliation, sign_off_reconciliation
from integrations.filters import AskedMonth
from integrations.models import Break, ReconciliationRun
from integrations.queries.deliveries import replayable_deliveries_of
from integrations.queries.reconciliation import explained_differences, visible_breaks, visible_runs
from integrations.tables.export import reconciliation_csv
from integrations.tables.reconciliation import ReconciliationPage
from integrations.tables.settling import RefusedSettlement, vouched_for

TEMPLATE = "reconciliation/invoices.html"
Settle = Callable[[Break, str, Actor], str]


@page("reconciliation.view")
def reconciliation(request: HttpRequest) -> HttpResponseBase:
    """Show a legal entity's month, or its open pair, or the CSV of the view."""
    shown = _page(request)
    if request.GET.get("export") == "csv":
        return reconciliation_csv(shown)
    return render_part(request, TEMPLATE, {"page": shown}, "pair")


@page("reconciliation.view")
def kinds(request: HttpRequest) -> HttpResponse:
    """Lead to the one kind of reconciliation there is."""
    return redirect("reconciliation")


@require_POST
@page("reconciliation.work")
def compare(request: HttpRequest) -> HttpResponse:
    """Ask for the shown month to be compared again."""
    shown = _page(request)
    if shown.route:
        _ask_again(shown.route.system_id, shown.route.legal_entity_id, shown.month, request)
    return redirect(shown.path + shown.address())


@page("reconciliation.view")
def progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say how a comparison goes; once it is done, polling stops and the page loads anew."""
    run = get_object_or_404(visible_runs(person_of(request)), pk=pk)
    if run.completed_at is None and not run.error:
        return render(request, f"{TEMPLATE}#comparing", {"attempt": run})
    response = HttpResponseStopPolling()
    response["HX-Refresh"] = "true"
    return response


@page("reconciliation.work")
def sign_off(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say which differences were explained, and sign the month off once that is confirmed."""
    run = get_object_or_404(visible_runs(person_of(request)).select_related("legal_entity"), pk=pk)
    back = f"{reverse('reconciliation')}{_page(request).address()}"

    def act(said: dict[str, Any]) -> Done:
        sign_off_reconciliation(run.pk, actor=Actor.of(person_of(request)))
        return Done(f"{run.month:%B %Y} is signed off", back)

    title = f"Sign off {run.month:%B %Y} of {run.legal_entity}"
    question = Question(title, "Sign off", back, vouched_for(explained_differences(run)))
    form = forms.Form(request.POST if request.method == "POST" else None)
    return ask(request, form, question, act)


@require_POST
@page("reconciliation.work")
def settle(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Settle a break the chosen way and go to the next one; a refusal stays at the break."""
    row = get_object_or_404(
        visible_breaks(person_of(request)).select_related("system", "legal_entity"), pk=pk
    )
    shown = _page(request)
    chosen = SETTLEMENTS.get(request.POST.get("settlement", ""))
    try:
        if chosen is None:
            raise Refusal("Choose how to settle the break.", field="settlement")
        messages.success(request, chosen(row, request.POST.get("why", ""), Actor.of(person_of(request))))
    except Refusal as refusal:
        return _refused(request, row, refusal)
    return redirect(shown.following(row))


def _refused(request: HttpRequest, row: Break, refusal: Refusal) -> HttpResponse:
    """Show the break again with what was chosen and written, and why it was refused beside it."""
    if isinstance(refusal, Forbidden):
        raise refusal
    said = RefusedSettlement(
        refusal.sentence,
        refusal.field or "",
        request.POST.get("settlement", ""),
        request.POST.get("why", "")[:400],
    )
    code, said_in = row.legal_entity.code, AskedMonth.parse(request.GET)
    asked = replace(said_in, entity=code, month=row.month, currency=row.currency, open=row.pk)
    shown = ReconciliationPage(person_of(request), asked, today=timezone.localdate(), refused=said)
    return render(request, TEMPLATE, {"page": shown}, status=422)


def _send_again(row: Break, why: str, actor: Actor) -> str:
    ids = (
        list(replayable_deliveries_of(row.proposal_id).values_list("pk", flat=True))
        if row.proposal_id
        else []
    )
    replay_delivery(ids, actor=actor, reason=why or "Sent again from the reconciliation")
    return f"{row.key} is sent again"


def _compare_again(row: Break, why: str, actor: Actor) -> str:
    request_reconciliation(row.system_id, legal_entity_id=row.legal_entity_id, month=row.month, actor=actor)
    return (
        f"{row.key} is still there: {row.month:%B %Y} is compared again, which shows whether it was corrected"
    )


def _propose(row: Break, why: str, actor: Actor) -> str:
    propose_explanation(row.pk, explanation=why, actor=actor)
    return f"Proposed to accept {row.key}: a second person decides"


def _confirm(row: Break, why: str, actor: Actor) -> str:
    accept_difference(row.pk, actor=actor)
    return f"Accepted the difference of {row.key}"


def _send_back(row: Break, why: str, actor: Actor) -> str:
    reject_explanation(row.pk, actor=actor, reason=why)
    return f"{row.key} is open again"


SETTLEMENTS: dict[str, Settle] = {
    "send": _send_again,
    "compare": _compare_again,
    "accept": _propose,
    "confirm": _confirm,
    "return": _send_back,
}


def _ask_again(system_id: UUID, entity_id: UUID, month: date, request: HttpRequest) -> ReconciliationRun:
    return request_reconciliation(
        system_id, legal_entity_id=entity_id, month=month, actor=Actor.of(person_of(request))
    )


def _page(request: HttpRequest) -> ReconciliationPage:
    asked = AskedMonth.parse(request.GET)
    return ReconciliationPage(person_of(request), asked, today=timezone.localdate())
