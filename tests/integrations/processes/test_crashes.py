"""Workers that die between any two lines, and an ERP that fails: resumed, and nothing is done twice."""

from collections.abc import Callable
from typing import Any

import pytest

from contracts.models import Contract
from core.models import ExceptionItem
from integrations.actions import stepping as outcomes
from integrations.adapters import AuthFailed, OutcomeUnknown, Throttled, Unreachable
from integrations.models import ExternalReference, Process, ProcessStep, StepAttempt, System
from integrations.relay import carrying, working
from integrations.relay.leasing import claim_steps
from integrations.relay.stepping import run_due_steps
from integrations.relay.working import Connections
from projects.models import Project, Task
from tests.integrations.fakes import Clock, FakeErp, WorkerDied

pytestmark = pytest.mark.django_db
Run = Callable[[], int]


def assert_all_done_once(process: Process, erp: FakeErp) -> None:
    """Every step is confirmed, and customer, project, task and reference exist once."""
    process.refresh_from_db()
    assert process.state == "done"
    assert set(process.steps.values_list("state", flat=True)) == {"done"}
    assert [party.reference for party in erp.customers] == sorted({one.reference for one in erp.customers})
    counts = (Project.objects.count(), Task.objects.count(), ExternalReference.objects.count())
    assert (*counts, len(erp.customers)) == (1, 1, 1, 1)
    assert Project.objects.get().status == "active"


def dies(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, work: str, *, after: bool = False) -> None:
    """Let the worker die once, when it comes to this function for this kind of step."""
    real = getattr(where, name)
    died: list[ProcessStep] = []

    def mortal(*args: Any, **kwargs: Any) -> Any:
        step = args[0] if isinstance(args[0], ProcessStep) else ProcessStep.objects.get(pk=args[0])
        if step.work != work or died:
            return real(*args, **kwargs)
        died.append(step)
        if after:
            real(*args, **kwargs)
        raise WorkerDied

    monkeypatch.setattr(where, name, mortal)


def resumed(run: Run, clock: Clock) -> None:
    """Let another worker come when the lease is over; it does what is left."""
    with pytest.raises(WorkerDied):
        run()
    clock.advance(minutes=4)
    run()
    clock.advance(minutes=4)
    run()


def test_dead_after_the_claim(process: Process, erp: FakeErp, clock: Clock, run: Run) -> None:
    assert len(claim_steps(worker="dead", now=clock())) == 2
    assert run() == 0
    clock.advance(minutes=3)
    run()
    assert_all_done_once(process, erp)
    assert StepAttempt.objects.filter(action="lease").count() == 2


@pytest.mark.parametrize("after", [False, True])
def test_dead_around_the_mark_that_it_is_called(
    process: Process, erp: FakeErp, clock: Clock, run: Run, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    dies(monkeypatch, carrying, "mark_called", "customer", after=after)
    resumed(run, clock)
    assert_all_done_once(process, erp)


@pytest.mark.parametrize("moment", ["before_party", "after_party"])
def test_dead_before_the_erp_acts_and_before_its_answer_arrives(
    process: Process, erp: FakeErp, clock: Clock, run: Run, moment: str
) -> None:
    getattr(erp, moment).append(WorkerDied())
    resumed(run, clock)
    assert_all_done_once(process, erp)
    step = process.steps.get(work="customer")
    assert step.result["how"] == ("created" if moment == "before_party" else "found")


@pytest.mark.parametrize("work", ["customer", "projects", "terms", "opening"])
@pytest.mark.parametrize("after", [False, True])
def test_dead_before_and_after_the_commit_of_each_step(
    process: Process,
    erp: FakeErp,
    clock: Clock,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    work: str,
    after: bool,
) -> None:
    dies(monkeypatch, outcomes, "complete_step", work, after=after)
    resumed(run, clock)
    assert_all_done_once(process, erp)


def test_a_worker_whose_lease_was_taken_over_changes_nothing(
    process: Process, erp: FakeErp, clock: Clock, run: Run
) -> None:
    late = claim_steps(worker="late", now=clock())
    clock.advance(minutes=3)
    run()
    assert_all_done_once(process, erp)
    before = list(ProcessStep.objects.order_by("pk").values()), list(StepAttempt.objects.values())
    for step in late:
        carrying.StepCarrier(step, connections=Connections(erp.connect), clock=clock).carry()
    assert (list(ProcessStep.objects.order_by("pk").values()), list(StepAttempt.objects.values())) == before
    assert_all_done_once(process, erp)


def test_an_erp_that_commits_and_then_times_out_is_looked_at_first(
    process: Process, erp: FakeErp, clock: Clock, run: Run
) -> None:
    erp.after_party.append(OutcomeUnknown("read timeout"))
    run()
    step = process.steps.get(work="customer")
    assert (step.state, step.called, step.error) == ("pending", True, "read timeout")
    clock.advance(seconds=60)
    assert run() == 0, "class C shows it only after lease and commit delay"
    clock.advance(minutes=3)
    run()
    assert_all_done_once(process, erp)
    assert [row.outcome for row in step.log.all()] == ["OutcomeUnknown", "done"]


@pytest.mark.parametrize("error", [Unreachable("no route"), Throttled("slow down", 30), AuthFailed("no")])
def test_a_call_that_kept_nothing_is_tried_again_by_itself(
    process: Process, erp: FakeErp, clock: Clock, run: Run, error: Any
) -> None:
    erp.before_party.append(error)
    run()
    process.refresh_from_db()
    assert process.state == "running" and not Project.objects.filter(status="active").exists()
    clock.advance(minutes=11)
    run()
    assert_all_done_once(process, erp)


def test_48_hours_without_success_leave_it_to_a_person(
    process: Process, erp: FakeErp, clock: Clock, run: Run
) -> None:
    ProcessStep.objects.filter(work="customer").update(retry_seconds=48 * 3600)
    erp.before_party.append(Unreachable("no route"))
    run()
    process.refresh_from_db()
    assert (process.state, process.steps.get(work="customer").state) == ("waiting", "failed")
    item = ExceptionItem.objects.get(code="process_failed")
    assert (item.kind, item.team) == ("technical", "integration_support")


def test_a_system_that_cannot_be_searched_leaves_a_doubt_to_a_person(
    process: Process, target: System, erp: FakeErp, clock: Clock, run: Run
) -> None:
    System.objects.update(adapter_class="D")
    erp.after_party.append(OutcomeUnknown("read timeout"))
    run()
    clock.advance(minutes=5)
    run()
    assert process.steps.get(work="customer").state == "waiting"
    assert ExceptionItem.objects.get().code == "outcome_unknown"
    assert erp.calls == ["validate"]


def test_a_paused_system_keeps_its_steps_waiting_and_nothing_else(
    process: Process, contract: Contract, erp: FakeErp, run: Run
) -> None:
    System.objects.update(paused_by="Ravi")
    run()
    found = dict(process.steps.values_list("work", "state"))
    assert found == {"customer": "pending", "projects": "done", "terms": "done", "opening": "pending"}
    assert erp.calls == []
    System.objects.update(paused_by="")
    run()
    assert_all_done_once(process, erp)


def test_a_fault_of_ours_is_kept_and_tried_again(
    process: Process, erp: FakeErp, clock: Clock, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(working.HERE, "terms", lambda step: 1 / 0)
    run()
    step = process.steps.get(work="terms")
    assert (step.state, step.error_class) == ("pending", "ZeroDivisionError")
    monkeypatch.undo()
    clock.advance(hours=1)
    run_due_steps(connections=Connections(erp.connect), clock=clock)
    assert_all_done_once(process, erp)
