"""A missing rate: the hole in the prices, and the price that would fill it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.urls import reverse

from contracts.models import RateCard
from core.fixes import Evidence, Fix, shows, suggests
from core.models import ExceptionItem, User
from core.money import price
from core.permissions import holds
from core.presentation.asking import Day
from core.presentation.charts import GapBar, Stretch
from core.presentation.formats import day, money, number, span
from core.presentation.parts import Fact, Link
from reporting.fixes.gaps import ONE_DAY, RateGap, gap_of, hours_of_a_day
from reporting.queries.addresses import address

AROUND = timedelta(days=30)


class CardChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Cards by code, name and unit."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the card in words."""
        return f"{obj.code} {obj.name}, per {obj.unit}"


class RateFixForm(forms.Form):
    """The price to set, on which card, for which days."""

    card = CardChoice(queryset=RateCard.objects.none(), empty_label=None)
    amount = forms.DecimalField(min_value=0, max_digits=18, decimal_places=4, label="Price of one unit")
    starts_on = forms.DateField(widget=Day(), label="From")
    ends_on = forms.DateField(
        widget=Day(), label="To", required=False, help_text="Empty: until it is changed."
    )

    def __init__(self, gap: RateGap, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cards = RateCard.objects.filter(pk__in=[card.pk for card in gap.cards])
        self.fields["card"].queryset = cards.order_by("code")  # type: ignore[attr-defined]


@shows("rate_missing")
def missing_rate_evidence(item: ExceptionItem) -> Evidence:
    """Draw what is in force before and after the hole, and the work done in it."""
    gap = gap_of(item)
    if gap is None:
        return Evidence()
    text = f"{gap.entries} time entries, {number(gap.hours, places=1)} h, have no price."
    if gap.nearest:
        text += f" {gap.nearest.card.code} has {_words(gap)}."
    return Evidence(text, gap=_picture(gap))


@suggests("rate_missing")
def missing_rate_fix(item: ExceptionItem, user: User, form: RateFixForm | None = None) -> Fix | None:
    """Suggest the nearest price for the days without one, and what the work would then be worth."""
    gap = gap_of(item)
    if gap is None or gap.card is None:
        return None
    card, amount = gap.card, gap.nearest.amount if gap.nearest else None
    per = f"per {card.unit}"
    title = f"Set a price from {day(gap.starts_on)}"
    if amount is not None:
        title += f" at {money(amount, card.currency_id)} {per}"
    may = holds(user, "rate.edit", item.legal_entity_id)
    initial = {"card": card.pk, "amount": amount, "starts_on": gap.starts_on, "ends_on": _until(gap)}
    return Fix(
        title=title,
        text=f"on {card.code}; the work is priced at once.",
        effects=_effects(gap, card, amount),
        action=reverse("fix_rate", args=[item.number]),
        button="Set rate and re-rate",
        form=form or RateFixForm(gap, initial=initial),
        change="Change the price or its days" if amount is not None else "",
        open=Link("Open rate card", href) if (href := address("rate_card", card.code)) else None,
        reason="" if may else "This takes somebody who edits rates.",
    )


def _effects(gap: RateGap, card: RateCard, amount: Decimal | None) -> tuple[Fact, ...]:
    if amount is None:
        return ()
    units = gap.hours / hours_of_a_day(card)
    worth = money(price(units, amount, card.currency_id), card.currency_id)
    shown = f"{number(gap.hours, places=1)} h at {money(amount, card.currency_id)} per {card.unit}"
    return (Fact(shown, worth),)


def _until(gap: RateGap) -> date | None:
    """Return the day before the next known price, so that it stays as it is."""
    later = [rate.valid.lower for rate in gap.rates if rate.valid.lower and rate.valid.lower > gap.last_on]
    return min(later) - ONE_DAY if later else None


def _words(gap: RateGap) -> str:
    rate = gap.nearest
    assert rate is not None
    amount = money(rate.amount, rate.card.currency_id)
    if rate.valid.upper is None:
        return f"{amount} from {day(rate.valid.lower)}"
    return f"{amount} for {span(rate.valid.lower, rate.valid.upper - ONE_DAY)}"


def _picture(gap: RateGap) -> GapBar:
    first, end = gap.first_on - AROUND, gap.last_on + ONE_DAY + AROUND
    stretches, at = [], first
    for rate in (one for one in gap.rates if one.card == gap.card):
        start, stop = max(rate.valid.lower or first, at), min(rate.valid.upper or end, end)
        if stop <= start:
            continue
        if start > at:
            stretches.append(Stretch("gap", at, start))
        stretches.append(Stretch("solid", start, stop, money(rate.amount, rate.card.currency_id)))
        at = stop
    if at < end:
        stretches.append(Stretch("gap", at, end))
    ticks = tuple((on, f"{on.day} {on:%b}") for on in _firsts(first, end))
    work = (gap.first_on, gap.last_on + ONE_DAY, f"{gap.entries} time entries")
    return GapBar(tuple(stretches), f"No price for {span(gap.first_on, gap.last_on)}", work, ticks)


def _firsts(first: date, end: date) -> list[date]:
    months, on = [], (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    while on < end:
        months.append(on)
        on = (on + timedelta(days=32)).replace(day=1)
    return months
