"""The demo path over a small firm and the real sandbox ERP: what it leaves behind, and the second start."""

from collections.abc import Iterator
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import resolve
from pytest_django.plugin import DjangoDbBlocker

from billing.models import CeilingUse, Charge, Proposal
from billing.states import PaymentStatus, ProposalKind, ProposalStatus
from config.demo.firm.people import PEOPLE
from config.demo.guide import hints
from config.demo.path.review import open_run
from config.demo.path.stage import loaded_calendar
from contracts.models import Contract
from core.exceptions import OPEN_STATES
from core.models import AccountingPeriod, Event, ExceptionItem
from core.states import PeriodState
from integrations.models import Break, Delivery, Process, ReconciliationRun
from integrations.states import BreakKind, DeliveryState
from projects.models import Milestone
from reporting.invariants import offenders
from tests.config.demo_world import PLAN, loaded_firm, running_erp
from tests.databases import Databases
from tests.integrations.sandbox_erp.running import RunningErp

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def erp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningErp]:
    with running_erp(tmp_path_factory.mktemp("erp") / "store.sqlite3") as erp:
        yield erp


@pytest.fixture(scope="module", autouse=True)
def told(
    databases: Databases, django_db_setup: None, django_db_blocker: DjangoDbBlocker, erp: RunningErp
) -> Iterator[str]:
    """Walk the path once and return what it told."""
    with loaded_firm(databases, django_db_blocker):
        yield said("run_demo_path")


def said(command: str) -> str:
    out = StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


def test_the_new_contract_went_all_the_way_to_a_paid_invoice() -> None:
    invoice = Contract.objects.get(code="C-1090").proposals.get()
    assert (invoice.status, invoice.net, invoice.prepared_by.username) == (
        ProposalStatus.POSTED,
        Decimal("1980.00"),
        "priya",
    )
    assert invoice.approved_by is not None and invoice.approved_by.username == "helen"
    assert invoice.erp_number.startswith("RE-")
    assert (invoice.payment_status, invoice.paid_amount) == (PaymentStatus.PAID, invoice.gross)


def test_fixed_fees_are_accepted_in_part_wait_and_fall_due() -> None:
    states = Milestone.objects.order_by("code").values_list("contract__code", "term_key", "status")
    assert list(states) == [
        ("C-1091", "concept", "signed_off"),
        ("C-1091", "pilot", "completed"),
        ("C-1091", "rollout", "in_progress"),
        ("C-1092", "golive", "completed"),
        ("C-1092", "review", "planned"),
    ]
    charges = Charge.objects.filter(contract__code__in=["C-1091", "C-1092", "C-1093"])
    assert sorted(charges.values_list("source_type", "amount")) == [
        ("instalment", Decimal("4500.00")),
        ("milestone", Decimal("20000.00")),
        ("milestone", Decimal("33333.33")),
    ]


def test_one_activation_waits_for_its_customer_and_all_others_are_confirmed() -> None:
    states = Process.objects.order_by("subject_label").values_list("subject_label", "state")
    assert {code for code, state in states if state != "done"} == {"C-1095"}
    assert dict(states)["C-1095"] == "waiting" and len(states) > 5
    project = Contract.objects.get(code="C-1095").projects.get()
    assert (project.code, project.status) == ("P-1095", "provisioning")
    assert project.waits_for == "customer FENWICK-01 in Sandbox ERP"
    by_hand = Contract.objects.exclude(code="C-1095").filter(kind="statement_of_work")
    assert all(contract.projects.count() == 1 for contract in by_hand)


def test_older_invoices_are_paid() -> None:
    older = Proposal.objects.filter(document_date__lt=PLAN.calendar.last_billed.first)
    assert older.filter(payment_status=PaymentStatus.PAID).count() > 10
    assert older.filter(payment_status=PaymentStatus.PART_PAID).count() == 1


def test_two_messages_were_refused_and_every_other_one_arrived() -> None:
    rejected = Delivery.objects.exclude(state=DeliveryState.DELIVERED)
    assert sorted(rejected.values_list("state", "error_class")) == [
        ("rejected", "customer_incomplete"),
        ("rejected", "period_closed"),
    ]


def test_the_seeded_exceptions_wait_with_their_money() -> None:
    waiting = ExceptionItem.objects.filter(state__in=OPEN_STATES)
    codes = {
        *("rate_missing", "fx_missing", "customer_incomplete", "period_closed"),
        *("break_open", "milestone_unsigned", "over_cap"),
    }
    assert codes == set(waiting.values_list("code", flat=True))
    assert not waiting.filter(money_at_risk=None).exists()


def test_one_contract_is_near_its_cap_and_one_is_over() -> None:
    uses = CeilingUse.objects.order_by("contract__code").values_list("contract__code", "told_percent")
    assert list(uses) == [("C-3047", 95), ("C-5020", 95)]
    over = Charge.objects.filter(component="over_cap").values_list("contract__code", flat=True)
    assert set(over) == {"C-5020"}


def test_the_breaks_are_those_that_were_made_and_those_of_refused_invoices() -> None:
    kinds = Break.objects.values_list("legal_entity__code", "kind", "proposal__contract__code")
    assert sorted(kinds, key=str) == [
        ("DE", BreakKind.MISSING_THERE, "C-5011"),
        ("UK", BreakKind.AMOUNT, "C-1041"),
        ("UK", BreakKind.MISSING_HERE, None),
        ("UK", BreakKind.MISSING_THERE, "C-1063"),
        ("UK", BreakKind.MISSING_THERE, "C-1072"),
    ]
    assert ReconciliationRun.objects.filter(completed_at=None).count() == 0


def test_late_corrected_and_repriced_work_trues_up() -> None:
    open_slices = (
        Charge.objects.filter(fixed_at=None).exclude(slice="").values_list("contract__code", "slice")
    )
    found = {(contract, slice_.split("-")[0]) for contract, slice_ in open_slices}
    assert {("C-1041", "delta"), ("C-1042", "credit"), ("C-1058", "reversal"), ("C-1058", "price")} <= found


def test_closed_months_take_nothing_more() -> None:
    closed = AccountingPeriod.objects.filter(state=PeriodState.CLOSED)
    assert set(closed.values_list("month", flat=True)) == {
        month.first for month in PLAN.calendar.billed_months[:-1]
    }


def test_one_run_is_left_in_review(told: str) -> None:
    run = open_run(PLAN.calendar)
    assert run is not None
    states = set(run.proposals.values_list("status", flat=True))
    assert states == {ProposalStatus.IN_REVIEW, ProposalStatus.DRAFT}
    assert run.proposals.filter(on_hold=True).count() == 1
    assert run.proposals.filter(kind=ProposalKind.CREDIT_NOTE).exists()
    assert f"{run.number} UK up to 20 Nov" in told


def test_what_must_always_hold_holds() -> None:
    assert offenders() == {}


def test_a_second_start_changes_nothing() -> None:
    before = Event.objects.count()
    assert "walked before" in said("run_demo_path")
    assert Event.objects.count() == before


def test_the_guide_names_everybody_and_addresses_that_exist() -> None:
    text = said("demo_guide")
    for person in PEOPLE:
        assert f"{person.username:<8} {person.name}" in text
    assert 5 <= len(hints()) <= 12
    for hint in hints():
        resolve(hint.path.partition("?")[0])


def test_the_days_are_those_of_the_load() -> None:
    assert loaded_calendar() == PLAN.calendar
