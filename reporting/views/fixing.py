"""Apply a suggested fix: one verb, and the queue anew; a refusal shows beside its field."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.actions.customers import change_billing_account
from contracts.actions.dimensions import RateDimensions
from contracts.actions.rates import set_rate
from core.actors import Actor
from core.errors import Forbidden, NotFound, Refusal
from core.fixes import Fix
from core.models import ExceptionItem
from core.pages import page, person_of
from core.presentation.asking import show_refusal
from core.queries.queue import everything
from core.views.queue import fix_refused, following, settled
from integrations.actions.deliveries import replay_delivery
from integrations.actions.processes import resume_process
from reporting.fixes.customers import CustomerFixForm, account_of, incomplete_customer_fix, missing_field
from reporting.fixes.gaps import gap_of
from reporting.fixes.periods import ReplayForm, replay_fix
from reporting.fixes.processes import process_fix
from reporting.fixes.rates import RateFixForm, missing_rate_fix

Suggest = Callable[..., Fix | None]


@require_POST
@page("rate.edit")
def fix_rate(request: HttpRequest, number: str) -> HttpResponse:
    """Set the price for the days without one; the work is priced by the event of the change."""
    item = _item(request, number)
    gap = gap_of(item)
    if gap is None:
        raise Http404(number)
    form = RateFixForm(gap, request.POST)

    def act(said: dict[str, Any], actor: Actor) -> str:
        card = said.pop("card")
        dims = RateDimensions(role=gap.role)
        set_rate(card.pk, dims=dims, **said, now=timezone.now(), actor=actor, reason=f"Gap of {item.number}")
        return f"Rate set on {card.code}; the work is being priced"

    return _apply(request, item, form, act, missing_rate_fix)


@require_POST
@page("customer.edit")
def fix_customer(request: HttpRequest, number: str) -> HttpResponse:
    """Complete the billing account and have the document sent again."""
    item = _item(request, number)
    account = account_of(item)
    if account is None:
        raise Http404(number)
    form = CustomerFixForm(request.POST, instance=account, missing=missing_field(item))
    account_id, reason = account.pk, f"Completed for {item.number}"

    def act(said: dict[str, Any], actor: Actor) -> str:
        change_billing_account(account_id, actor=actor, reason=reason, **said)
        if process := item.evidence.get("process_id"):
            resume_process(UUID(process), actor=actor, reason=reason)
            return f"{account.code} completed; {item.object_label} goes on"
        if delivery := item.evidence.get("delivery_id"):
            replay_delivery([UUID(delivery)], actor=actor, reason=reason)
            return f"{account.code} completed; {item.object_label} is sent again"
        return f"{account.code} completed; release {item.object_label} again"

    return _apply(request, item, form, act, incomplete_customer_fix)


@require_POST
@page("exception.work")
def fix_replay(request: HttpRequest, number: str) -> HttpResponse:
    """Have the document sent again."""
    item = _item(request, number)
    delivery = item.evidence.get("delivery_id")
    if not delivery:
        raise Http404(number)

    def act(said: dict[str, Any], actor: Actor) -> str:
        replay_delivery([UUID(delivery)], actor=actor, reason=_said(item, said))
        return f"{item.object_label} is sent again"

    return _apply(request, item, ReplayForm(request.POST), act, replay_fix)


@require_POST
@page("process.work")
def fix_process(request: HttpRequest, number: str) -> HttpResponse:
    """Have a process go on where it stopped."""
    item = _item(request, number)
    process = item.evidence.get("process_id")
    if not process:
        raise Http404(number)

    def act(said: dict[str, Any], actor: Actor) -> str:
        resume_process(UUID(process), actor=actor, reason=_said(item, said))
        return f"{item.object_label} goes on where it stopped"

    return _apply(request, item, ReplayForm(request.POST), act, process_fix)


def _said(item: ExceptionItem, said: dict[str, Any]) -> str:
    """Return what the person said was done; where nothing, only that it was asked from the exception."""
    return said["reason"] or f"From {item.number}"


def _item(request: HttpRequest, number: str) -> ExceptionItem:
    return get_object_or_404(everything(person_of(request)), number=number)


def _apply(
    request: HttpRequest,
    item: ExceptionItem,
    form: Any,
    act: Callable[[dict[str, Any], Actor], str],
    suggest: Suggest,
) -> HttpResponse:
    """Run the fix in one transaction; what is wrong goes back into its form."""
    if form.is_valid():
        try:
            after = following(request, item)
            with transaction.atomic():
                message = act(dict(form.cleaned_data), Actor.of(person_of(request)))
            return settled(request, message, following=after)
        except (Forbidden, NotFound):
            raise
        except Refusal as refusal:
            show_refusal(form, refusal)
    return fix_refused(request, item, suggest(item, person_of(request), form))
