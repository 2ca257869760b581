"""Pages of rate cards."""

from datetime import datetime, time
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from contracts.actions.rate_cards import create_card, rename_card
from contracts.actions.rates import end_rate, set_rate
from contracts.forms.rates import CardNameForm, EndRateForm, GridForm, RateCardForm, SetRateForm
from contracts.models import RateCard
from contracts.queries import visible_rate_cards
from contracts.queries.registers import listed_rate_cards
from contracts.tables import RATE_CARDS
from contracts.tables.rate_card import RateCardPage
from core.actors import Actor
from core.pages import page, person_of
from core.permissions import holds
from core.presentation.asking import Done, Question, ask
from core.presentation.panels import panels
from core.presentation.register import register_view


@page("rate.view")
def rate_cards(request: HttpRequest) -> HttpResponseBase:
    """List the rate cards."""
    user = person_of(request)
    extra = {"new_href": reverse("rate_card_new") if holds(user, "rate.edit") else ""}
    return register_view(request, RATE_CARDS, listed_rate_cards(user), extra=extra)


@page("rate.view")
def rate_card(request: HttpRequest, code: str) -> HttpResponse:
    """Show a card as a grid over time; `?known=` shows it as it was known at the end of that day."""
    found, asked = _card(request, code), GridForm(request.GET)
    said = asked.cleaned_data if asked.is_valid() else {}
    known_at = _end_of(said["known"]) if said.get("known") else None
    shown = RateCardPage(found, timezone.localdate(), person_of(request), known_at, said.get("q", ""))
    context = {"page": shown, "form": asked, "side_panels": panels.of("rate_card.side", request, found)}
    return render(request, "contracts/rate_card.html", context)


@page("rate.edit")
def rate_card_new(request: HttpRequest) -> HttpResponse:
    """Open a rate card."""
    form = RateCardForm(request.POST or None, user=person_of(request))

    def act(said: dict[str, Any]) -> Done:
        made = create_card(**form.values(), actor=_actor(request))
        return Done(f"{made.code} opened: set its first price.", reverse("rate_set", args=[made.code]))

    text = "Choose below what the scope names; leave the rest empty."
    return ask(request, form, Question("New rate card", "Open rate card", reverse("rate_cards"), text), act)


@page("rate.edit")
def rate_card_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Rename a rate card."""
    found, back = _card(request, code), reverse("rate_card", args=[code])

    def act(said: dict[str, Any]) -> Done:
        rename_card(found.pk, name=said["name"], actor=_actor(request))
        return Done(f"{code} renamed.", back)

    form = CardNameForm(request.POST or None, initial={"name": found.name})
    return ask(request, form, Question(f"Rename {found.code}", "Save name", back), act)


@page("rate.edit")
def rate_set(request: HttpRequest, code: str) -> HttpResponse:
    """Set a price, also back-dated."""
    found, back = _card(request, code), reverse("rate_card", args=[code])
    form = SetRateForm(request.POST or None, initial=request.GET.dict())

    def act(said: dict[str, Any]) -> Done:
        terms = {name: said[name] for name in ("amount", "starts_on", "ends_on", "reason")}
        set_rate(found.pk, dims=form.dims(), **terms, now=timezone.now(), actor=_actor(request))
        return Done(f"Price for {form.dims()} set on {code}.", back)

    text = "Unbilled work of these days is priced anew at once; invoiced work as its contract says."
    return ask(request, form, Question(f"Set a price on {code}", "Set price", back, text), act)


@page("rate.edit")
def rate_end(request: HttpRequest, code: str) -> HttpResponse:
    """Let a price end with a day."""
    found, back = _card(request, code), reverse("rate_card", args=[code])
    form = EndRateForm(request.POST or None, initial=request.GET.dict())

    def act(said: dict[str, Any]) -> Done:
        end = {"ends_on": said["ends_on"], "reason": said["reason"]}
        end_rate(found.pk, dims=form.dims(), **end, now=timezone.now(), actor=_actor(request))
        return Done(f"Price for {form.dims()} ended on {code}.", back)

    text = "Work after the day has no price from this card any more."
    return ask(request, form, Question(f"End a price on {code}", "End price", back, text, "danger"), act)


def _end_of(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.max))


def _card(request: HttpRequest, code: str) -> RateCard:
    rows = visible_rate_cards(person_of(request))
    found: RateCard = get_object_or_404(
        rows.select_related("legal_entity", "customer", "contract"), code=code
    )
    return found


def _actor(request: HttpRequest) -> Actor:
    return Actor.of(person_of(request))
