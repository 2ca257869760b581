"""Real workers killed while a real ERP commits the steps of an activation: one customer, one project."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, connections

from core.reactions import run_reactions
from integrations.models import Process, ProcessStep
from integrations.sandbox_erp.administration import Fault
from projects.models import Project
from tests.contracts.builders import active
from tests.factories import WorkerFactory
from tests.faults.erp_world import TASKS, ErpWorld
from tests.integrations.sandbox_erp.running import RunningErp


@pytest.fixture
def world(
    program_environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ErpWorld]:
    monkeypatch.setitem(TASKS, "integrations.tasks.advance_processes", "erp")
    erp = RunningErp(tmp_path / "erp.sqlite3")
    erp.start()
    built = ErpWorld(erp, program_environment, tmp_path)
    yield built
    built.end()
    erp.stop()
    connections.close_all()


def pass_time(seconds: int) -> None:
    """Move leases and waits of steps nearer, once their holders are known to be gone."""
    moved = ", ".join(
        f"{name} = {name} - make_interval(secs => %(s)s)"
        for name in ("available_at", "called_at", "lease_until")
    )
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE integrations_processstep SET {moved}", {"s": seconds})


def test_workers_killed_while_the_erp_commits_leave_one_customer_and_one_project(world: ErpWorld) -> None:
    contract = active(code="C-2001", legal_entity_id=world.entity().pk)
    WorkerFactory.create(user=contract.owner)
    run_reactions()
    slow = Fault("commit_then_timeout", method="POST", path_prefix="/api/customers", seconds=8)
    with world.erp.administration() as administration:
        administration.script_faults([slow])
    first = world.worker("first")
    with world.erp.client() as client:
        world.until(lambda: bool(list(client.list_customers())), "the ERP's commit")
    first.kill()
    step = ProcessStep.objects.get(work="customer")
    assert (step.state, step.called) == ("running", True)
    with world.erp.administration() as administration:
        administration.clear_faults()
    pass_time(200)
    world.worker("second")
    world.until(lambda: Process.objects.filter(state="done").exists(), "the opening", passing=200)
    pass_time(0)
    with world.erp.client() as client:
        account = contract.versions.get().payers.get().billing_account
        assert [one.external_reference for one in client.list_customers()] == [account.code]
    assert list(Project.objects.values_list("code", "status")) == [("P-2001", "active")]
    assert ProcessStep.objects.get(work="customer").result["how"] == "found"
