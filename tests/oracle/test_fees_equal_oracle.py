"""The engine prices random stories of fixed fees exactly as the plain Python rules do, and conserves."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.invariants import offenders
from tests.oracle.fee_world import FeeWorld
from tests.oracle.test_engine_equals_oracle import days, fresh, patient

pytestmark = pytest.mark.django_db

amounts = st.integers(1, 500000).map(lambda n: Decimal(n) / 100)
percents = st.integers(1, 1000000).map(lambda n: Decimal(n) / 10000)
due = st.tuples(*[st.integers(0, 170)] * 3).map(sorted).map(tuple)
accepted = st.tuples(st.just("accept"), days, percents)
amended = st.tuples(
    st.just("amend"),
    days,
    amounts,
    st.one_of(due, due.map(lambda three: three[:2])),
    amounts,
    st.sampled_from([Decimal(0), Decimal("2.5")]),
    st.sampled_from([Decimal(0), Decimal("33.3333")]),
)
invoiced = st.tuples(st.just("invoice"))
stories = st.lists(st.one_of(accepted, amended, amended, invoiced), min_size=2, max_size=8)


@pytest.mark.parametrize("policy", ["delta", "rebill", "prospective"])
@settings(patient, max_examples=12)
@given(story=stories)
def test_fixed_fees_equal_the_oracle_after_every_step(policy: str, story: list[tuple[object, ...]]) -> None:
    with fresh():
        world = FeeWorld(policy)
        for name, *rest in story:
            getattr(world, str(name))(*rest)
            world.price()
            assert world.charged() == world.expected(), (name, rest)
            assert offenders() == {}, (name, rest)
            assert world.price().changes == []
