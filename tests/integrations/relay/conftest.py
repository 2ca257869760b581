"""A system, an entity routed to it, a fake ERP and a clock, for every test of the relay."""

from collections.abc import Callable

import pytest

from core.models import LegalEntity
from integrations.models import System
from integrations.relay.loop import deliver_due
from tests.integrations.builders import routed_entity, system
from tests.integrations.fakes import Clock, FakeErp


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def erp() -> FakeErp:
    return FakeErp()


@pytest.fixture
def target(db: None) -> System:
    return system()


@pytest.fixture
def entity(target: System) -> LegalEntity:
    return routed_entity(target)


@pytest.fixture
def deliver(erp: FakeErp, clock: Clock) -> Callable[[], int]:
    """Run the relay once, as a worker would."""
    return lambda: deliver_due(connect=erp.connect, clock=clock)
