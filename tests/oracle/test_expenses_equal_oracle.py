"""The engine prices random stories of expenses exactly as the plain Python rules do, and conserves."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.models import ExceptionItem
from reporting.invariants import offenders
from tests.oracle.expense_world import ExpenseWorld
from tests.oracle.test_engine_equals_oracle import days, fresh, patient

pytestmark = pytest.mark.django_db

amounts = st.integers(1, 200000).map(lambda n: Decimal(n) / 100)
kilometres = st.integers(1, 100000).map(lambda n: Decimal(n) / 100)
some_days = st.integers(0, 4)
spent = st.tuples(st.just("spend"), days, amounts, st.sampled_from(["GBP", "EUR"]))
driven = st.tuples(st.just("drive"), days, kilometres)
corrected = st.tuples(st.just("correct"), some_days, st.one_of(st.none(), amounts))
rated = st.tuples(st.just("rate"), days, st.integers(1, 20000).map(lambda n: Decimal(n) / 10000))
general = st.tuples(
    st.sampled_from([True, True, True, False]),
    st.sampled_from([Decimal(0), Decimal(5), Decimal("7.5")]),
    st.one_of(st.none(), amounts),
    st.none(),
)
amended = st.tuples(
    st.just("amend"),
    days,
    general,
    st.one_of(st.none(), st.sampled_from([Decimal("0.60"), Decimal("0.7255")])),
    st.sampled_from([Decimal(0), Decimal("33.3333")]),
)
invoiced = st.tuples(st.just("invoice"))
stories = st.lists(
    st.one_of(spent, spent, driven, corrected, rated, amended, invoiced), min_size=3, max_size=9
)


@pytest.mark.parametrize("policy", ["delta", "rebill", "prospective"])
@settings(patient, max_examples=12)
@given(story=stories)
def test_expenses_equal_the_oracle_after_every_step(policy: str, story: list[tuple[object, ...]]) -> None:
    with fresh():
        world = ExpenseWorld(policy)
        for name, *rest in story:
            getattr(world, str(name))(*rest)
            world.price()
            assert world.charged() == world.expected(), (name, rest)
            waiting = ExceptionItem.objects.filter(flow="pricing", state="open")
            assert bool(world.gaps()) == waiting.exists(), (name, rest)
            assert offenders() == {}, (name, rest)
            assert world.price().changes == []
