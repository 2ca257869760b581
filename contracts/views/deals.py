"""Pages of deals."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from contracts.actions.converting import draft_contract_of_deal
from contracts.actions.deals import complete_deal, settle_conflict
from contracts.deals.terms import terms_of, title_of
from contracts.fixes import completion_fix, deal_of
from contracts.forms.deals import CompletionForm, SettleForm
from contracts.models import Deal, FieldConflict
from contracts.queries.deals import visible_deals
from contracts.tables.deal import DEALS, DealPage
from core.actors import Actor
from core.errors import Forbidden, NotFound, Refusal
from core.pages import page, person_of
from core.presentation.asking import Done, Question, ask, show_refusal
from core.presentation.panels import panels
from core.presentation.register import register_view
from core.queries.queue import everything
from core.views.queue import fix_refused, settled


@page("deal.view")
def deals(request: HttpRequest) -> HttpResponseBase:
    """List the deals."""
    rows = visible_deals(person_of(request)).select_related("legal_entity", "contract")
    return register_view(request, DEALS, rows)


@page("deal.view")
def deal(request: HttpRequest, code: str) -> HttpResponse:
    """Show a deal with its checks, what it says and what happened."""
    found = _deal(request, code)
    context = {
        "page": DealPage(found, person_of(request)),
        "main_panels": panels.of("deal.main", request, found),
    }
    return render(request, "contracts/deal.html", context)


@page("deal.edit")
def deal_complete(request: HttpRequest, code: str) -> HttpResponse:
    """Fill in what the deal lacks."""
    found = _deal(request, code)
    form = CompletionForm(request.POST or None, deal=found, user=person_of(request))
    back = reverse("deal", args=[code])
    text = "" if form.fields else "Nothing of it can be filled in here: see the checks."

    def act(said: dict[str, Any]) -> Done:
        complete_deal(found.pk, values=form.values(), actor=_actor(request))
        return Done(f"{code} completed.", back)

    return ask(request, form, Question(f"Complete {found}", "Save", back, text), act)


@page("contract.edit")
def deal_draft(request: HttpRequest, code: str) -> HttpResponse:
    """Draft the contract of a deal that lacks nothing."""
    found = _deal(request, code)
    back = reverse("deal", args=[code])
    text = "Customer and billing account are entered where they are new. Somebody reviews the draft then."

    def act(said: dict[str, Any]) -> Done:
        made = draft_contract_of_deal(found.pk, actor=_actor(request)).contract
        assert made is not None
        return Done(f"{made.code} drafted from {code}.", reverse("contract", args=[made.code]))

    question = Question(f"Draft the contract of {found}", "Draft contract", back, text)
    form = forms.Form(request.POST if request.method == "POST" else None)
    return ask(request, form, question, act)


@page("deal.edit")
def conflict_settle(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Decide whose word holds for a field that both sides changed."""
    rows = FieldConflict.objects.filter(deal__in=visible_deals(person_of(request))).select_related("deal")
    conflict = get_object_or_404(rows, pk=pk)
    held = conflict.deal
    form = SettleForm(request.POST or None, conflict=conflict)
    label = title_of(conflict.field, terms_of(held.given, held.completed))
    text = "The contract stays as it is: amend it where the CRM is right." if held.contract_id else ""
    back = reverse("deal", args=[held.code])

    def act(said: dict[str, Any]) -> Done:
        settle_conflict(pk, kept=said["kept"], reason=said["reason"], actor=_actor(request))
        return Done(f"{label} is settled.", back)

    return ask(request, form, Question(f"{label} of {held}", "Decide", back, text), act)


@require_POST
@page("deal.edit")
def fix_deal(request: HttpRequest, number: str) -> HttpResponse:
    """Complete a deal from its exception; the contract is drafted by the event of it."""
    item = get_object_or_404(everything(person_of(request)), number=number)
    held = deal_of(item)
    if held is None:
        raise NotFound("This exception is about no deal.")
    form = CompletionForm(request.POST, deal=held, user=person_of(request))
    if form.is_valid():
        try:
            complete_deal(held.pk, values=form.values(), actor=_actor(request), reason=f"For {number}")
            return settled(request, f"{held.code} completed")
        except (Forbidden, NotFound):
            raise
        except Refusal as refusal:
            show_refusal(form, refusal)
    return fix_refused(request, item, completion_fix(item, person_of(request), form))


def _deal(request: HttpRequest, code: str) -> Deal:
    rows = visible_deals(person_of(request)).select_related("legal_entity", "contract")
    found: Deal = get_object_or_404(rows, code=code)
    return found


def _actor(request: HttpRequest) -> Actor:
    return Actor.of(person_of(request))
