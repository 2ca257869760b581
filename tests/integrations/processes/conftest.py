"""A contract that was just activated, a fake ERP and a clock, for every test of processes."""

from collections.abc import Callable

import pytest

from contracts.models import Contract
from core.models import LegalEntity
from core.reactions import run_reactions
from integrations.models import Process, System
from integrations.relay.stepping import run_due_steps
from integrations.relay.working import Connections
from tests.contracts.builders import active
from tests.factories import WorkerFactory
from tests.integrations.builders import routed_entity, system
from tests.integrations.fakes import Clock, FakeErp
from tests.integrations.processes.fakes import FakeCrm


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def erp() -> FakeErp:
    return FakeErp()


@pytest.fixture
def crm() -> FakeCrm:
    return FakeCrm()


@pytest.fixture
def target(db: None) -> System:
    return system()


@pytest.fixture
def entity(target: System) -> LegalEntity:
    return routed_entity(target)


@pytest.fixture
def contract(entity: LegalEntity) -> Contract:
    """An active contract of one line and one payer, whose owner is a worker."""
    made = active(code="C-2001", legal_entity_id=entity.pk)
    WorkerFactory.create(user=made.owner, name="Olga Owner")
    return made


@pytest.fixture
def process(contract: Contract) -> Process:
    run_reactions()
    return Process.objects.get(subject_id=contract.pk)


@pytest.fixture
def run(erp: FakeErp, crm: FakeCrm, clock: Clock) -> Callable[[], int]:
    """Run the relay's steps once, as a worker would."""
    return lambda: run_due_steps(connections=Connections(erp.connect, crm.connect), clock=clock)
