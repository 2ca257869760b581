"""Amounts of several currencies told as one: per currency, and about how much in one of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, TextField
from django.db.models.functions import Cast, JSONObject

from core.models import ExchangeRate, LegalEntity, User
from core.money import round_money
from core.permissions import visible_entities


@dataclass(frozen=True)
class Amount:
    """An amount in its currency."""

    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Total:
    """Sums per currency, never added raw; `about` is their worth in one currency where rates allow."""

    parts: tuple[Amount, ...]
    about: Amount | None

    @property
    def mixed(self) -> bool:
        """Say whether there is more than one currency, so that `about` is an estimate."""
        return bool(self.about) and len(self.parts) > 1


@dataclass(frozen=True)
class Exchange:
    """The currency a person's totals are estimated in, and what others are worth in it on a day."""

    currency: str
    worth: Mapping[str, Decimal]

    def total(self, amounts: Iterable[Amount]) -> Total:
        """Sum amounts per currency, and estimate the whole."""
        return total_of(amounts, self.currency, self.worth)

    def estimate(self, total: Total) -> Decimal:
        """Return a figure to rank totals by; an unknown currency counts as it stands."""
        parts = (part.amount * self.worth.get(part.currency, Decimal(1)) for part in total.parts)
        return sum(parts, Decimal(0))


def exchange_for(user: User, on: date) -> Exchange:
    """Return the exchange into the base currency of the person's oldest legal entity, read once a day."""
    known: Exchange | None = user.__dict__.get(f"_exchange_{on}")
    if known is None:
        known = user.__dict__[f"_exchange_{on}"] = _read_exchange(user, on)
    return known


def _read_exchange(user: User, on: date) -> Exchange:
    """Read the entity's currency and what others are worth in it, in one statement."""
    own = OuterRef("base_currency")
    rates = ExchangeRate.objects.filter(
        Q(base=own) | Q(quote=own), kind="daily", valid__contains=on
    ).order_by("created_at")
    # As text: a JSON number would come back as a float.
    told = rates.values(told=JSONObject(base="base", quote="quote", rate=Cast("rate", TextField())))
    entities = LegalEntity.objects.filter(visible_entities(user, "entity.view")).order_by("pk")
    found = entities.annotate(rates=ArraySubquery(told)).values_list("base_currency_id", "rates").first()
    currency, rows = found or ("", [])
    return Exchange(currency, _worth_in(currency, rows))


def _worth_in(currency: str, rates: Iterable[Mapping[str, str]]) -> dict[str, Decimal]:
    """Return what one unit of each known currency is worth in `currency`; a rate into it goes first."""
    worth = {currency: Decimal(1)}
    direct = {rate["base"]: Decimal(rate["rate"]) for rate in rates if rate["quote"] == currency}
    for rate in rates:
        if rate["base"] == currency:
            worth.setdefault(rate["quote"], 1 / Decimal(rate["rate"]))
    return worth | direct


def total_of(amounts: Iterable[Amount], currency: str, worth: Mapping[str, Decimal]) -> Total:
    """Sum amounts per currency, largest first, and estimate the whole in `currency`."""
    sums: dict[str, Decimal] = {}
    for one in amounts:
        sums[one.currency] = sums.get(one.currency, Decimal(0)) + one.amount
    parts = [Amount(amount, code) for code, amount in sums.items()]
    if any(part.currency not in worth for part in parts):
        return Total(tuple(sorted(parts, key=lambda part: part.currency)), None)
    parts.sort(key=lambda part: (-part.amount * worth[part.currency], part.currency))
    whole = sum((part.amount * worth[part.currency] for part in parts), Decimal(0))
    if len(parts) == 1:
        return Total(tuple(parts), parts[0])
    return Total(tuple(parts), Amount(round_money(whole, currency), currency) if currency else None)
