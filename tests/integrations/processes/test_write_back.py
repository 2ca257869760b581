"""A contract that came from a deal: the CRM hears of it before delivery opens."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from contracts.models import Contract
from core.models import ExceptionItem, LegalEntity
from core.reactions import run_reactions
from integrations.adapters import OutcomeUnknown, Rejected
from integrations.models import Process
from projects.models import Project
from tests.factories import DealFactory
from tests.integrations.builders import system
from tests.integrations.fakes import Clock, WorkerDied
from tests.integrations.processes.fakes import FakeCrm

pytestmark = pytest.mark.django_db
Run = Callable[[], int]
TOLD = {"contract_code": "C-2001", "project_codes": ["P-2001"], "delivery_status": "active"}


@pytest.fixture
def sold(contract: Contract, entity: LegalEntity) -> Process:
    """The activation of a contract that was drafted from a deal of the CRM."""
    system("crm", name="The CRM", vendor="sandbox_crm", purpose="crm")
    DealFactory.create(source_id="OPP-7", legal_entity=entity, state="converted", contract=contract)
    run_reactions()
    return Process.objects.get(subject_id=contract.pk)


def test_the_ids_are_written_back_after_everything_else_and_before_delivery_opens(
    sold: Process, crm: FakeCrm, run: Run
) -> None:
    step = sold.steps.get(work="write_back")
    before = sold.steps.filter(position__lt=step.position).values_list("key", flat=True)
    assert (step.label, step.depends_on) == ("Ids written back to The CRM", list(before))
    assert step.key in sold.steps.get(work="opening").depends_on
    assert sold.money_at_risk == Decimal("120000.0000")
    run()
    sold.refresh_from_db()
    assert sold.state == "done"
    assert crm.deals == {"OPP-7": TOLD}
    assert sold.steps.get(work="write_back").result == {"deal": "OPP-7", "told": TOLD}


def test_a_refusal_of_the_crm_keeps_delivery_closed(sold: Process, crm: FakeCrm, run: Run) -> None:
    crm.before.append(Rejected("deal_unknown", "There is no deal OPP-7."))
    run()
    sold.refresh_from_db()
    assert sold.state == "waiting"
    project = Project.objects.get()
    assert (project.status, project.waits_for) == ("provisioning", "ids written back to The CRM")
    item = ExceptionItem.objects.get()
    assert (item.code, item.money_at_risk) == ("deal_unknown", Decimal("120000.0000"))


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_that_dies_around_the_call_tells_the_crm_the_same_again(
    sold: Process, crm: FakeCrm, clock: Clock, run: Run, moment: str
) -> None:
    getattr(crm, moment).append(WorkerDied())
    with pytest.raises(WorkerDied):
        run()
    clock.advance(minutes=4)
    run()
    sold.refresh_from_db()
    assert (sold.state, crm.calls) == ("done", 2)
    assert crm.deals == {"OPP-7": TOLD}


def test_an_unknown_outcome_is_looked_at_again(sold: Process, crm: FakeCrm, clock: Clock, run: Run) -> None:
    crm.after.append(OutcomeUnknown("read timeout"))
    run()
    clock.advance(minutes=5)
    run()
    sold.refresh_from_db()
    assert sold.state == "done"
    assert (crm.calls, crm.deals) == (2, {"OPP-7": TOLD})
