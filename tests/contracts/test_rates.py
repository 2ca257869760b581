"""Prices over two times: the days they cover, and when they were known."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from contracts.actions.dimensions import RateDimensions, UnknownDimension
from contracts.actions.rate_cards import create_card, rename_card
from contracts.actions.rates import EmptyValidity, NegativeRate, NothingToEnd, end_rate, set_rate
from contracts.models import Rate, RateCard
from contracts.policies import PersonRequired
from core.actors import Actor
from core.errors import Forbidden, Invalid
from core.models import Event
from tests.contracts.builders import preparer, told
from tests.factories import (
    ContractFactory,
    CustomerFactory,
    DeliveryRoleFactory,
    LegalEntityFactory,
    RateCardFactory,
    RegionFactory,
)

pytestmark = pytest.mark.django_db
SENIOR = RateDimensions("senior")
JANUARY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
FEBRUARY = datetime(2026, 2, 5, 9, 0, tzinfo=UTC)
LATER = datetime(2030, 1, 1, tzinfo=UTC)


def rows() -> list[tuple[Any, ...]]:
    """Return every price ever known: amount, first and last day, known from and until."""
    found: list[Any] = list(Rate.objects.order_by("known", "valid"))
    return [
        (
            rate.amount,
            rate.valid.lower,
            rate.valid.upper and rate.valid.upper - timedelta(days=1),
            rate.known.lower,
            rate.known.upper,
        )
        for rate in found
    ]


@pytest.fixture
def card() -> RateCard:
    DeliveryRoleFactory.create()
    return RateCardFactory.create()


def test_a_price_holds_until_it_is_changed(card: RateCard) -> None:
    author = preparer()
    rate = set_rate(
        card.pk, dims=SENIOR, amount=Decimal("180"), starts_on=date(2026, 1, 1), now=JANUARY, actor=author
    )
    assert rows() == [(Decimal("180"), date(2026, 1, 1), None, JANUARY, None)]
    assert told() == [
        (
            "rate.changed",
            {
                "card_id": str(card.pk),
                "card_code": card.code,
                "scope": "standard",
                "legal_entity_id": None,
                "customer_id": None,
                "contract_id": None,
                "currency": "GBP",
                "unit": "hour",
                "role": "senior",
                "worker": "any",
                "region": "any",
                "service_line": "any",
                "work_type": "any",
                "rate_id": str(rate.pk),
                "amount": "180",
                "starts_on": "2026-01-01",
                "ends_on": None,
                "known_from": "2026-01-05T09:00:00+00:00",
                "replaced": [],
            },
        )
    ]


def test_a_back_dated_change_keeps_what_was_known(card: RateCard) -> None:
    author = preparer()
    first = set_rate(
        card.pk, dims=SENIOR, amount=Decimal("180"), starts_on=date(2026, 1, 1), now=JANUARY, actor=author
    )
    set_rate(
        card.pk,
        dims=SENIOR,
        amount=Decimal("190"),
        starts_on=date(2026, 1, 15),
        ends_on=date(2026, 1, 31),
        now=FEBRUARY,
        actor=author,
        reason="Agreed late",
    )
    assert rows() == [
        (Decimal("180"), date(2026, 1, 1), None, JANUARY, FEBRUARY),
        (Decimal("180"), date(2026, 1, 1), date(2026, 1, 14), FEBRUARY, None),
        (Decimal("190"), date(2026, 1, 15), date(2026, 1, 31), FEBRUARY, None),
        (Decimal("180"), date(2026, 2, 1), None, FEBRUARY, None),
    ]
    replaced = told()[1][1]["replaced"]
    assert replaced == [
        {"rate_id": str(first.pk), "amount": "180.0000", "starts_on": "2026-01-15", "ends_on": "2026-01-31"}
    ]
    event = Event.objects.order_by("seq").last()
    assert event and (event.effective_on, event.reason) == (date(2026, 1, 15), "Agreed late")


def test_setting_what_holds_already_changes_nothing(card: RateCard) -> None:
    author = preparer()
    values: dict[str, Any] = {"dims": SENIOR, "amount": Decimal("180"), "actor": author}
    first = set_rate(card.pk, starts_on=date(2026, 1, 1), now=JANUARY, **values)
    again = set_rate(card.pk, starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 2), now=FEBRUARY, **values)
    assert (again, len(rows()), len(told())) == (first, 1, 1)


def test_two_changes_with_one_clock_reading_keep_their_order(card: RateCard) -> None:
    author = preparer()
    for amount in ("180", "190", "200"):
        set_rate(
            card.pk,
            dims=SENIOR,
            amount=Decimal(amount),
            starts_on=date(2026, 1, 1),
            now=JANUARY,
            actor=author,
        )
    step = timedelta(microseconds=1)
    assert rows() == [
        (Decimal("180"), date(2026, 1, 1), None, JANUARY, JANUARY + step),
        (Decimal("190"), date(2026, 1, 1), None, JANUARY + step, JANUARY + 2 * step),
        (Decimal("200"), date(2026, 1, 1), None, JANUARY + 2 * step, None),
    ]


def test_a_price_can_end(card: RateCard) -> None:
    author = preparer()
    set_rate(
        card.pk, dims=SENIOR, amount=Decimal("180"), starts_on=date(2026, 1, 1), now=JANUARY, actor=author
    )
    end_rate(card.pk, dims=SENIOR, ends_on=date(2026, 3, 31), now=FEBRUARY, actor=author)
    assert rows() == [
        (Decimal("180"), date(2026, 1, 1), None, JANUARY, FEBRUARY),
        (Decimal("180"), date(2026, 1, 1), date(2026, 3, 31), FEBRUARY, None),
    ]
    payload = told()[1][1]
    assert (payload["amount"], payload["rate_id"], payload["starts_on"]) == (None, None, "2026-04-01")
    with pytest.raises(NothingToEnd):
        end_rate(card.pk, dims=SENIOR, ends_on=date(2026, 3, 31), now=LATER, actor=author)
    assert len(told()) == 2


@pytest.mark.parametrize(
    ("changes", "refusal", "field"),
    [
        ({"amount": Decimal("-0.01")}, NegativeRate, "amount"),
        ({"amount": Decimal("1.00001")}, Invalid, "amount"),
        ({"amount": Decimal("NaN")}, Invalid, "amount"),
        ({"amount": Decimal(10) ** 15}, Invalid, "amount"),
        ({"ends_on": date(2025, 12, 31)}, EmptyValidity, "ends_on"),
        ({"dims": RateDimensions("unheard-of")}, UnknownDimension, "role"),
        ({"dims": RateDimensions(region="XX")}, UnknownDimension, "region"),
        ({"dims": RateDimensions(service_line="none")}, UnknownDimension, "service_line"),
        ({"dims": RateDimensions(work_type="=1+1")}, UnknownDimension, "work_type"),
        ({"dims": RateDimensions(worker="")}, UnknownDimension, "worker"),
        ({"dims": RateDimensions(worker="w" * 31)}, UnknownDimension, "worker"),
        ({"reason": "x" * 241}, Invalid, "reason"),
    ],
)
def test_a_price_that_cannot_be_is_refused(
    card: RateCard, changes: dict[str, Any], refusal: type[Invalid], field: str
) -> None:
    values: dict[str, Any] = {"dims": SENIOR, "amount": Decimal("180"), "starts_on": date(2026, 1, 1)}
    with pytest.raises(refusal) as refused:
        set_rate(card.pk, now=JANUARY, actor=preparer(), **(values | changes))
    assert (refused.value.field, rows(), told()) == (field, [], [])


def test_prices_are_set_by_persons_of_the_entity() -> None:
    entity = LegalEntityFactory.create()
    card = RateCardFactory.create(scope="legal_entity", legal_entity=entity)
    values: dict[str, Any] = {
        "dims": RateDimensions(),
        "amount": Decimal("180"),
        "starts_on": date(2026, 1, 1),
        "now": JANUARY,
    }
    with pytest.raises(Forbidden):
        set_rate(card.pk, actor=preparer(LegalEntityFactory.create()), **values)
    with pytest.raises(PersonRequired):
        set_rate(card.pk, actor=Actor.system("import"), **values)
    assert (rows(), told()) == ([], [])
    author = preparer(entity)
    assert set_rate(card.pk, actor=author, **values).set_by == author.user


@pytest.mark.parametrize(
    ("scope", "subject"),
    [
        ("standard", dict),
        ("legal_entity", lambda: {"legal_entity_id": LegalEntityFactory.create().pk}),
        ("customer", lambda: {"customer_id": CustomerFactory.create().pk}),
        ("contract", lambda: {"contract_id": ContractFactory.create().pk}),
    ],
)
def test_a_card_names_what_its_scope_says(scope: str, subject: Callable[[], dict[str, Any]]) -> None:
    card = create_card(name="Prices", scope=scope, currency_id="GBP", actor=preparer(), **subject())
    assert told() == [
        ("rate_card.created", {"code": card.code, "scope": scope, "currency": "GBP", "unit": "hour"})
    ]
    wrong: dict[str, Any] = {"customer_id": CustomerFactory.create().pk} if scope != "customer" else {}
    with pytest.raises(Invalid):
        create_card(name="Prices", scope=scope, currency_id="GBP", actor=preparer(), **wrong)
    assert RateCard.objects.count() == 1


def test_the_card_of_a_contract_is_in_its_currency() -> None:
    contract = ContractFactory.create(currency_id="EUR")
    with pytest.raises(Invalid) as refusal:
        create_card(
            name="Prices", scope="contract", contract_id=contract.pk, currency_id="GBP", actor=preparer()
        )
    assert (refusal.value.field, RateCard.objects.exists()) == ("currency", False)


def test_a_card_is_renamed() -> None:
    card = RateCardFactory.create(name="Prices")
    assert rename_card(card.pk, name="Prices 2026", actor=preparer()).name == "Prices 2026"
    assert told() == [("rate_card.changed", {"code": card.code, "fields": ["name"]})]


FIRST = date(2026, 1, 1)
DAYS = 12
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["senior", "any"]),
        st.integers(0, DAYS - 1),
        st.none() | st.integers(0, DAYS),
        st.none() | st.sampled_from(["100", "120.5", "140"]),
        st.integers(0, 3),
    ),
    max_size=8,
)


class Replay:
    """The same rules in plain Python: for every moment the whole list of prices by day."""

    def __init__(self) -> None:
        self.now = JANUARY
        self.prices: dict[tuple[str, int], Decimal] = {}
        self.moments: list[tuple[datetime, dict[tuple[str, int], Decimal]]] = []

    def change(self, at: datetime, role: str, days: range, amount: Decimal | None) -> None:
        for day in days:
            self.prices.pop((role, day), None)
            if amount is not None:
                self.prices[role, day] = amount
        self.moments.append((at, dict(self.prices)))

    def known(self, at: datetime) -> dict[tuple[str, int], Decimal]:
        return next((prices for moment, prices in reversed(self.moments) if moment <= at), {})


def stored(card: RateCard, at: datetime) -> dict[tuple[str, int], Decimal]:
    """Return the prices by role and day that the card gives as known at a moment; each day once."""
    found: dict[tuple[str, int], Decimal] = {}
    known: list[Any] = list(Rate.objects.filter(card=card, known__contains=at))
    for rate in known:
        for day in range(DAYS + 2):
            if FIRST + timedelta(days=day) in rate.valid:
                assert (rate.role, day) not in found
                found[rate.role, day] = rate.amount
    return found


class Knowledge(TestCase):
    """Any sequence of changes, at any clock reading, leaves what a replay of it gives."""

    def setUp(self) -> None:
        DeliveryRoleFactory.create()
        RegionFactory.create()
        self.author = preparer()

    @given(steps=STEPS)
    @hypothesis_settings(max_examples=40)
    def test_the_price_known_on_any_day_at_any_moment_equals_a_replay(
        self, steps: list[tuple[str, int, int | None, str | None, int]]
    ) -> None:
        card = RateCardFactory.create()
        replay = Replay()
        for role, start, length, amount, hours in steps:
            replay.now += timedelta(hours=hours)
            self._change(card, replay, role, start, length, amount)
        for moment, _ in [(JANUARY - timedelta(hours=1), {}), *replay.moments, (LATER, {})]:
            assert stored(card, moment) == replay.known(moment)

    def _change(
        self, card: RateCard, replay: Replay, role: str, start: int, length: int | None, amount: str | None
    ) -> None:
        dims, starts_on = RateDimensions(role), FIRST + timedelta(days=start)
        before = Event.objects.count()
        days = range(start, DAYS + 2)
        if amount is not None:
            days = days if length is None else range(start, min(start + length + 1, DAYS + 2))
            last = None if length is None else starts_on + timedelta(days=length)
            set_rate(
                card.pk,
                dims=dims,
                amount=Decimal(amount),
                starts_on=starts_on,
                ends_on=last,
                now=replay.now,
                actor=self.author,
            )
        else:
            try:
                last = starts_on - timedelta(days=1)
                end_rate(card.pk, dims=dims, ends_on=last, now=replay.now, actor=self.author)
            except NothingToEnd:
                return
        if Event.objects.count() > before:
            event = Event.objects.order_by("seq").last()
            assert event is not None
            known_from = datetime.fromisoformat(event.payload["known_from"])
            assert known_from >= replay.now
            replay.change(known_from, role, days, Decimal(amount) if amount else None)
