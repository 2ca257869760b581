"""Steps that change what is known about prices: rows end to be known and others begin, none is edited."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.db.models import F, Func, Value

from contracts.actions.dimensions import RateDimensions
from contracts.events import Replaced
from contracts.models import Rate, RateCard

ONE_DAY = timedelta(days=1)


def standing_rates(card: RateCard, dims: RateDimensions, validity: DateRange) -> list[Rate]:
    """Return the prices known now for exactly these dimensions on any of the days."""
    rates = Rate.objects.filter(card=card, **asdict(dims), known__upper_inf=True, valid__overlap=validity)
    return list(rates.order_by("valid"))


def next_known_from(card: RateCard, now: datetime) -> datetime:
    """Return `now`, or the first moment after everything the card already knows.

    Two people may read the clock in one order and get the card in the other.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, {"now": now, "card": card.pk})
        latest: datetime = (cursor.fetchone() or [now])[0]
    return latest


_LATEST = """
SELECT greatest(%(now)s::timestamptz, max(coalesce(upper(known), lower(known) + interval '1 microsecond')))
FROM contracts_rate WHERE card_id = %(card)s
"""


def take_back(standing: list[Rate], validity: DateRange, known_from: datetime) -> list[Replaced]:
    """End what is known of these rows, let them go on outside the days, and say what they lose."""
    ended = Func(Func(F("known"), function="lower"), Value(known_from), function="tstzrange")
    Rate.objects.filter(pk__in=[rate.pk for rate in standing]).update(known=ended)
    going_on = [
        Rate(
            card_id=rate.card_id,
            role=rate.role,
            worker=rate.worker,
            region=rate.region,
            service_line=rate.service_line,
            work_type=rate.work_type,
            amount=rate.amount,
            valid=rest,
            known=DateTimeTZRange(known_from, None),
            set_by_id=rate.set_by_id,
            reason=rate.reason,
        )
        for rate in standing
        for rest in _outside(rate.valid, validity)
    ]
    Rate.objects.bulk_create(going_on)
    return [_lost(rate, validity) for rate in standing]


def _outside(whole: DateRange, part: DateRange) -> Iterator[DateRange]:
    if whole.lower < part.lower:
        yield DateRange(whole.lower, part.lower)
    if part.upper is not None and (whole.upper is None or whole.upper > part.upper):
        yield DateRange(part.upper, whole.upper)


def covers(whole: DateRange, part: DateRange) -> bool:
    """Say whether one range of days holds all of another."""
    return not list(_outside(part, whole))


def _lost(rate: Rate, validity: DateRange) -> Replaced:
    ends = [end for end in (rate.valid.upper, validity.upper) if end is not None]
    last = min(ends) - ONE_DAY if ends else None
    return Replaced(rate.pk, rate.amount, max(rate.valid.lower, validity.lower), last)
