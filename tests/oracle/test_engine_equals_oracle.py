"""The engine prices random stories exactly as the plain Python rules do, and conserves at every step."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from billing.models import Charge
from reporting.invariants import offenders
from tests.oracle.world import World, day

pytestmark = pytest.mark.django_db

quarters = st.integers(1, 40).map(lambda n: Decimal(n) / 4)
hundredths = st.integers(1, 2400).map(lambda n: Decimal(n) / 100)
amounts = st.integers(4000, 30000).map(lambda n: Decimal(n) / 100)
days = st.integers(0, 170).map(day)
roles = st.sampled_from(["senior", "lead"])
regions = st.sampled_from(["GB", "DE"])

worked = st.tuples(st.just("work"), st.one_of(quarters, hundredths), days, roles, regions, st.booleans())
priced = st.tuples(
    st.just("price"),
    st.sampled_from(["contract", "standard"]),
    amounts,
    days,
    st.one_of(st.none(), st.integers(1, 60)),
    st.sampled_from(["any", "senior", "lead"]),
    st.sampled_from(["any", "DE"]),
)
amended = st.tuples(
    st.just("amend"),
    days,
    st.sampled_from([Decimal(0), Decimal("2.5"), Decimal(10)]),
    st.sampled_from([None, Decimal("0.25"), Decimal("0.5")]),
    st.sampled_from([None, Decimal("33.3333"), Decimal(40)]),
)
corrected = st.tuples(st.just("correct"), st.integers(0, 1000), st.one_of(st.none(), quarters))
invoiced = st.tuples(st.just("invoice"))
stories = st.lists(
    st.one_of(worked, worked, worked, priced, amended, corrected, invoiced), min_size=3, max_size=14
)

# No shrinking: with a database behind every example it takes minutes, and the printed blob reproduces.
patient = settings(
    max_examples=20,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)


@contextmanager
def fresh() -> Iterator[None]:
    """Give every example a world of its own, rolled back at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def tell(world: World, step: tuple[object, ...]) -> None:
    """Let one step of a story happen."""
    name, *rest = step
    if name == "work":
        world.work(*rest)  # type: ignore[arg-type]
    elif name == "price":
        card, amount, since, length, role, region = rest
        until = None if length is None else day((since - day(0)).days + length)  # type: ignore[operator]
        world.price_row(card, amount, since, until, role, region)  # type: ignore[arg-type]
    elif name == "amend":
        world.amend(*rest)  # type: ignore[arg-type]
    elif name == "correct" and world.live:
        number, hours = rest
        root = sorted(world.live)[number % len(world.live)]  # type: ignore[operator]
        world.correct(root, hours)  # type: ignore[arg-type]
    elif name == "invoice":
        world.invoice()


@pytest.mark.parametrize("policy", ["delta", "rebill", "prospective"])
@patient
@given(story=stories)
def test_engine_equals_oracle_after_every_step(policy: str, story: list[tuple[object, ...]]) -> None:
    with fresh():
        world = World(policy)
        for step in story:
            tell(world, step)
            world.agreement.price()
            assert world.charged() == world.expected(), step
            assert offenders() == {}, step
            assert world.agreement.price().changes == []


@patient
@given(
    facts=st.lists(worked, min_size=2, max_size=6),
    terms=st.lists(st.one_of(priced, amended), max_size=3),
    data=st.data(),
)
def test_order_of_arrival_does_not_matter(
    facts: list[tuple[object, ...]], terms: list[tuple[object, ...]], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(facts))))
    outcomes = []
    for arrival, stepwise in ((range(len(facts)), True), (order, False)):
        with fresh():
            world = World("delta")
            pending = [facts[number] for number in arrival]
            for step in [*terms, *pending] if stepwise else [*pending[:1], *terms, *pending[1:]]:
                tell(world, step)
                if stepwise:
                    world.agreement.price()
            world.agreement.price()
            rows = Charge.objects.filter(contract=world.agreement.contract)
            outcomes.append(
                sorted(
                    rows.values_list("service_on", "component", "quantity", "unit_price", "amount", "slice")
                )
            )
    assert outcomes[0] == outcomes[1]


@patient
@given(
    story=st.lists(worked, min_size=1, max_size=5), policy=st.sampled_from(["delta", "rebill", "prospective"])
)
def test_taking_everything_back_leaves_nothing(story: list[tuple[object, ...]], policy: str) -> None:
    with fresh():
        world = World(policy)
        for step in story:
            tell(world, step)
        world.invoice()
        for root in list(world.live):
            world.correct(root, None)
        world.invoice()
        assert world.charged() == {}
        assert world.agreement.open_amounts() == []
        documents = world.agreement.contract.proposals.all()
        for name in ("net", "tax", "gross", "net_base"):
            assert sum(getattr(document, name) for document in documents) == 0, name
        assert offenders() == {}
