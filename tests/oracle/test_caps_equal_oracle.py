"""Under caps and purchase orders that change, the engine splits random stories as the plain rules do."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.invariants import offenders
from tests.oracle.cap_world import CapWorld, Ceilings
from tests.oracle.test_engine_equals_oracle import (
    amended,
    corrected,
    fresh,
    invoiced,
    patient,
    priced,
    tell,
    worked,
)

pytestmark = pytest.mark.django_db

money = st.one_of(st.none(), st.integers(0, 500_000).map(lambda cents: Decimal(cents) / 100))
hours = st.one_of(st.none(), st.none(), st.integers(0, 60).map(lambda quarters: Decimal(quarters) / 4))
capped = st.tuples(
    st.just("cap"),
    st.builds(Ceilings, line=money, line_hours=hours, contract=money, contract_hours=hours, order=money),
)
stories = st.lists(
    st.one_of(worked, worked, worked, priced, amended, corrected, invoiced, capped, capped),
    min_size=4,
    max_size=14,
)


@pytest.mark.parametrize("policy", ["delta", "rebill", "prospective"])
@patient
@given(story=stories)
def test_caps_equal_oracle_after_every_step(policy: str, story: list[tuple[object, ...]]) -> None:
    with fresh():
        world = CapWorld(policy)
        for step in story:
            if step[0] == "cap":
                world.cap(step[1])  # type: ignore[arg-type]
            else:
                tell(world, step)
            world.agreement.price()
            assert world.charged() == world.expected(), step
            assert offenders() == {}, step
            assert world.agreement.price().changes == []
