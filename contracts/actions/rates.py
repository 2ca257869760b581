"""Open rate cards and set prices. A price is never edited: what was known ends, what is known now begins."""

import uuid
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from contracts.actions.dimensions import RateDimensions, check_codes
from contracts.actions.knowledge import ONE_DAY, covers, next_known_from, standing_rates, take_back
from contracts.events import RateChanged, Replaced
from contracts.models import Rate, RateCard
from contracts.policies import entity_of, person
from core.actors import Actor
from core.errors import Invalid, Refusal
from core.events import record
from core.models import User
from core.permissions import require
from core.rows import check_fields, locked
from core.verbs import verb


class EmptyValidity(Invalid):
    """The price would hold on no day."""

    code = "empty_validity"


class NegativeRate(Invalid):
    """A price is zero or more."""

    code = "negative_rate"


class NothingToEnd(Refusal):
    """No price holds after the day."""

    code = "nothing_to_end"


@verb
def set_rate(
    card_id: uuid.UUID,
    *,
    dims: RateDimensions,
    amount: Decimal,
    starts_on: date,
    now: datetime,
    actor: Actor,
    ends_on: date | None = None,
    reason: str = "",
) -> Rate:
    """Set the price of one unit, in the card's currency, for the days from `starts_on` to `ends_on`.

    Without `ends_on` it holds until it is changed. What was known for those days ends to be known at
    `now`; on the days before and after, the former price goes on. Refuses a negative price, a range
    without a day and codes that name nothing. Records rate.changed; setting what already holds changes
    nothing.
    """
    card, author = _editable(card_id, actor)
    check_codes(dims)
    validity = _validity(starts_on, ends_on)
    rate = Rate(card=card, **asdict(dims), amount=amount, valid=validity, set_by=author, reason=reason)
    check_fields(rate, asdict(dims) | {"amount": amount, "reason": reason})
    if amount < 0:
        raise NegativeRate("A price is zero or more.", field="amount")
    standing = standing_rates(card, dims, validity)
    if len(standing) == 1 and standing[0].amount == amount and covers(standing[0].valid, validity):
        return standing[0]
    known_from = next_known_from(card, now)
    rate.known = DateTimeTZRange(known_from, None)
    replaced = take_back(standing, validity, known_from)
    rate.save(force_insert=True)
    _record(card, dims, validity, known_from, replaced, rate)
    return rate


@verb
def end_rate(
    card_id: uuid.UUID,
    *,
    dims: RateDimensions,
    ends_on: date,
    now: datetime,
    actor: Actor,
    reason: str = "",
) -> RateCard:
    """Let the price of exactly these dimensions end after the day; records rate.changed without an amount.

    Refuses when no price holds after it.
    """
    card, _ = _editable(card_id, actor)
    validity = DateRange(ends_on + ONE_DAY, None)
    standing = standing_rates(card, dims, validity)
    if not standing:
        raise NothingToEnd(f"{card.code} has no price for {dims} after {ends_on:%d %b %Y}.", field="ends_on")
    known_from = next_known_from(card, now)
    _record(card, dims, validity, known_from, take_back(standing, validity, known_from), None)
    return card


def _editable(card_id: uuid.UUID, actor: Actor) -> tuple[RateCard, User]:
    """Lock the card: whoever changes its prices waits for whoever does it already."""
    card = locked(RateCard, card_id)
    require(actor, "rate.edit", entity_of(card))
    return card, person(actor)


def _validity(starts_on: date, ends_on: date | None) -> DateRange:
    if ends_on is not None and ends_on < starts_on:
        raise EmptyValidity("The price would end before it begins.", field="ends_on")
    return DateRange(starts_on, ends_on and ends_on + ONE_DAY)


def _record(
    card: RateCard,
    dims: RateDimensions,
    validity: DateRange,
    known_from: datetime,
    replaced: list[Replaced],
    rate: Rate | None,
) -> None:
    record(
        card,
        RateChanged(
            card_id=card.pk,
            card_code=card.code,
            scope=card.scope,
            legal_entity_id=card.legal_entity_id,
            customer_id=card.customer_id,
            contract_id=card.contract_id,
            currency=card.currency_id,
            unit=card.unit,
            **asdict(dims),
            rate_id=rate.pk if rate else None,
            amount=rate.amount if rate else None,
            starts_on=validity.lower,
            ends_on=validity.upper and validity.upper - ONE_DAY,
            known_from=known_from,
            replaced=replaced,
        ),
        legal_entity_id=entity_of(card),
        effective_on=validity.lower,
    )
