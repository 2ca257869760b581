"""Real workers against a real ERP process: killed, frozen, cut off. Never two documents, nothing lost."""

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from django.db import connections

from billing.models import Proposal
from config.local.valkey import ValkeyServer
from integrations.models import Delivery
from integrations.sandbox_erp.administration import Chaos, Fault
from tests.databases import Databases
from tests.faults.erp_world import CLASSES, ErpWorld, Mode
from tests.integrations.sandbox_erp.running import RunningErp

MODES: list[Mode] = [*CLASSES]


@pytest.fixture
def world(program_environment: dict[str, str], tmp_path: Path) -> Iterator[ErpWorld]:
    erp = RunningErp(tmp_path / "erp.sqlite3")
    erp.start()
    built = ErpWorld(erp, program_environment, tmp_path)
    yield built
    built.end()
    erp.stop()
    connections.close_all()


def on_create(world: ErpWorld, fault: str, **values: int) -> None:
    """Script a fault for the next creation of a document."""
    with world.erp.administration() as administration:
        administration.script_faults([Fault(fault, method="POST", path_prefix="/api/documents", **values)])  # type: ignore[arg-type]


def test_a_worker_killed_after_it_sent_leaves_one_document(world: ErpWorld) -> None:
    documents = [world.release(world.entity(mode))[0] for mode in MODES]
    for _ in MODES:
        on_create(world, "commit_then_timeout", seconds=8)
    first = world.worker("first")
    world.until(lambda: sum(world.in_the_erp().values()) >= 2, "the ERP's commits")
    first.kill()
    assert Delivery.objects.filter(state="leased", sent=True).count() >= 2
    with world.erp.administration() as administration:
        administration.clear_faults()
    world.pass_time(121, leases_too=True)
    world.worker("second")
    world.until(world.all_posted, "every posting")
    world.assert_each_document_once()
    numbers = Proposal.objects.values_list("erp_number", flat=True)
    assert len(set(numbers)) == len(documents)


def test_an_erp_that_commits_and_then_times_out_is_looked_up(world: ErpWorld) -> None:
    world.release(world.entity())
    on_create(world, "commit_then_timeout", seconds=13)
    world.worker()
    world.until(lambda: Delivery.objects.filter(state="unknown").exists(), "the doubt")
    assert sum(world.in_the_erp().values()) == 1
    world.pass_time(31)
    world.until(world.all_posted, "the posting")
    world.assert_each_document_once()
    assert [row.action for row in Delivery.objects.get().log.all()] == ["send", "adopt"]


def test_a_frozen_worker_that_wakes_past_its_lease_changes_nothing(world: ErpWorld) -> None:
    world.release(world.entity())
    on_create(world, "commit_then_timeout", seconds=5)
    frozen = world.worker("frozen")
    world.until(lambda: sum(world.in_the_erp().values()) == 1, "the ERP's commit")
    frozen.freeze()
    world.pass_time(121, leases_too=True)
    world.worker("heir")
    world.until(world.all_posted, "the posting")
    before = Delivery.objects.values("state", "epoch", "result", "attempts").get()
    frozen.thaw()
    time.sleep(7)
    assert Delivery.objects.values("state", "epoch", "result", "attempts").get() == before
    world.assert_each_document_once()


def test_a_broker_that_forgets_everything_costs_time_only(world: ErpWorld, valkey: ValkeyServer) -> None:
    world.worker()
    world.beat()
    entity = world.entity()
    world.release(entity, 3)
    world.until(lambda: Delivery.objects.exists(), "the first message", nudge=False)
    valkey.stop()
    world.release(entity, 3)
    time.sleep(1)
    valkey.start()
    world.until(world.all_posted, "every posting", nudge=False)
    world.assert_each_document_once()
    assert Proposal.objects.filter(status="posted").count() == 6


def test_a_database_restarted_in_the_middle_loses_nothing(world: ErpWorld, databases: Databases) -> None:
    world.release(world.entity(), 8)
    on_create(world, "delay", seconds=3)
    world.worker()
    world.until(lambda: Delivery.objects.filter(sent=True).exists(), "the first sending")
    connections.close_all()
    databases.server.stop(at_once=True)
    databases.server.start()
    time.sleep(4)
    world.pass_time(121, leases_too=True)
    world.until(world.settled, "every outcome")
    world.pass_time(31)
    world.until(world.all_posted, "every posting")
    world.assert_each_document_once()


def test_random_faults_and_dying_workers_end_in_one_document_each(world: ErpWorld) -> None:
    for mode in MODES:
        world.release(world.entity(mode), 3)
    faults = ("500_after_commit", "500", "429", "reset", "malformed")
    with world.erp.administration() as administration:
        administration.start_chaos(Chaos(seed=20261118, percent=40, faults=faults, retry_after=1))  # type: ignore[arg-type]
    for turn in range(1, 4):
        worker = world.worker(f"mortal{turn}")
        world.until(partial(enough_faults, world, 4 * turn), "the faults", passing=20)
        worker.kill()
        world.pass_time(121, leases_too=True)
    assert injected(world)
    with world.erp.administration() as administration:
        administration.stop_chaos()
    world.worker("last")
    world.until(world.settled, "every outcome", passing=300)
    world.assert_each_document_once()


def enough_faults(world: ErpWorld, wanted: int) -> bool:
    """Say whether there were as many faults as wanted, or nothing is left that could meet one."""
    return injected(world) >= wanted or world.settled()


def injected(world: ErpWorld) -> int:
    """Return how many random faults the ERP has shown."""
    with world.erp.administration() as administration:
        return int(str(administration.chaos_state()["injected"]))
