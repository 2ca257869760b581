"""What each role sees first, and the dashboards over REST."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from core.actions.exceptions import waive_exceptions
from core.actors import Actor
from core.models import Role, User
from core.presentation.formats import money
from projects.models import Worker
from reporting.home.roles import home_of
from tests.architecture.world import build
from tests.document_factories import BreakFactory, ChargeFactory, ProposalFactory
from tests.factories import ExceptionItemFactory, LegalEntityFactory, TimeEntryFactory
from tests.personas import api_client, page_client, person
from timesheets.models import TimeEntry


def titles(user: User) -> list[str]:
    return [section.title for section in home_of(user, now=timezone.now()).sections]


def figures(user: User) -> dict[str, tuple[Decimal | None, str]]:
    return {kpi.label: (kpi.amount, kpi.text) for kpi in home_of(user, now=timezone.now()).kpis}


@pytest.mark.parametrize(
    ("role", "first"),
    [
        (Role.FINANCE, "Exceptions that need you"),
        (Role.FINANCE_LEAD, "Invoices to approve"),
        (Role.PROJECT_MANAGER, "Time to approve"),
        (Role.PMO, "Time to approve"),
        (Role.CONSULTANT, "Your time"),
        (Role.INTEGRATION_SUPPORT, "Connected systems"),
        (Role.DATA_STEWARD, "Exceptions that need you"),
        (Role.EXECUTIVE, "Unbilled work"),
        (Role.AUDITOR, "Billing runs"),
    ],
)
def test_each_role_sees_its_own_first(db: None, role: str, first: str) -> None:
    user = person(role, worker=True)
    assert titles(user)[0] == first
    assert page_client(user).get("/").status_code == 200


def test_several_roles_see_each_list_once(db: None) -> None:
    shown = titles(person(Role.FINANCE, Role.PROJECT_MANAGER, worker=True))
    assert len(shown) == len(set(shown)) == 6


def test_without_a_role_the_page_says_whom_to_ask(outsider: User) -> None:
    answer = page_client(outsider).get("/")
    assert (answer.status_code, "You hold no role yet" in answer.content.decode()) == (200, True)


def test_finance_sees_money_held_back_unbilled_waiting_and_broken(finance: User) -> None:
    firm = build("ALPHA")
    ChargeFactory.create(
        contract=firm.contract, project=firm.project, billing_account=firm.account, amount=Decimal(-100)
    )
    ProposalFactory.create(contract_version=firm.version, status="in_review")
    assert figures(finance) == {
        "Held back by exceptions": (Decimal("19000.0000"), ""),
        "Unbilled work": (Decimal("800.0000"), ""),
        "Waiting for approval": (Decimal("900.0000"), ""),
        "Open breaks": (Decimal("10.0000"), ""),
    }


def register_of(user: User, href: str) -> Any:
    return page_client(user).get(href).context["register"].view


def test_figures_lead_to_what_they_sum_up(finance: User) -> None:
    firm = build("ALPHA")
    ChargeFactory.create(
        contract=firm.contract, project=firm.project, billing_account=firm.account, amount=Decimal(-100)
    )
    ProposalFactory.create(contract_version=firm.version, status="in_review")
    links = {kpi.label: kpi.href for kpi in home_of(finance, now=timezone.now()).kpis}
    assert links["Unbilled work"] == "/billing/charges/?status=open&billable=true"
    assert links["Waiting for approval"] == "/billing/proposals/?status=in_review"
    for label, column in (("Unbilled work", "amount"), ("Waiting for approval", "net")):
        view = register_of(finance, links[label])
        (total,) = view.totals
        shown = next(cell.html for cell in total.cells if cell.column.key == column)
        amount = figures(finance)[label][0]
        assert amount is not None and money(amount, "GBP") in shown, label


def test_a_break_leads_to_its_own_entity_and_month(finance: User) -> None:
    LegalEntityFactory.create(code="AA")
    firm = build("ALPHA")
    sections = {one.title: one.lines for one in home_of(finance, now=timezone.now()).sections}
    (line,) = sections["Reconciliation breaks"]
    found = firm.comparison.found_breaks.get()
    month = f"{found.month:%Y-%m}"
    entity = found.legal_entity.code
    assert line.href == (
        f"/reconciliation/invoices/?entity={entity}&period={month}&currency={found.currency}&break={found.pk}"
    )


def test_a_rejected_entry_leads_to_its_week(consultant: User) -> None:
    firm, worker = build("ALPHA"), Worker.objects.get(user=consultant)
    entry = TimeEntryFactory.create(task=firm.task, worker=worker, note="x")
    TimeEntry.objects.filter(pk=entry.pk).update(status="rejected", rejection_reason="No note")
    lines = [line for one in home_of(consultant, now=timezone.now()).sections for line in one.lines]
    assert f"/timesheets/{worker.code}/{entry.timesheet.week}/" in [line.href for line in lines]


def test_the_navigation_counts_what_its_links_list(finance: User) -> None:
    firm = build("ALPHA")
    ProposalFactory.create(contract_version=firm.version, status="in_review")
    page = page_client(finance).get("/").context["shell"]
    places = {place.entry.key: place for group in page.groups for place in group.places}
    counted = {key: place.count for key, place in places.items() if place.count and place.entry.counted}
    assert {"proposals", "billing_runs"} <= set(counted)
    for key, number in counted.items():
        assert len(register_of(finance, places[key].address).rows) == number, key
    assert places["projects"].address == "/projects/"


def test_a_break_of_a_refused_document_counts_in_its_refusal_only(finance: User) -> None:
    firm = build("ALPHA")
    refusal = ExceptionItemFactory.create(code="customer_incomplete", money_at_risk=Decimal(900))
    refused = BreakFactory.create(
        run=firm.comparison,
        key="break:refused",
        proposal=firm.proposal,
        kind="missing_there",
        exception=refusal,
    )
    sections = {one.title: one.lines for one in home_of(finance, now=timezone.now()).sections}
    assert [line.label for line in sections["Reconciliation breaks"]] == [
        "RE-ALPHA has another amount in the ERP"
    ]
    assert figures(finance)["Open breaks"] == (Decimal("10.0000"), "")
    waive_exceptions([refusal.pk], reason="Agreed", actor=Actor.of(finance))
    assert figures(finance)["Open breaks"] == (Decimal("10.0000") + abs(refused.difference), "")


def test_nothing_at_all_is_told_in_no_number_of_currencies(finance: User) -> None:
    LegalEntityFactory.create()
    remarks = {kpi.label: (kpi.amount, kpi.remark) for kpi in home_of(finance, now=timezone.now()).kpis}
    assert remarks["Unbilled work"] == (Decimal(0), "")


def test_a_project_manager_sees_the_own_projects_only(project_manager: User) -> None:
    own, other = build("ALPHA", manager=project_manager), build("BETA")
    for firm in (own, other):
        TimeEntryFactory.create(task=firm.task, worker=firm.worker, submitted=True, note="x")
    home = home_of(project_manager, now=timezone.now())
    lines = {section.title: [line.label for line in section.lines] for section in home.sections}
    assert lines == {
        "Time to approve": ["P-ALPHA ALPHA project"],
        "Expenses to approve": [],
        "Unbilled work": ["C-ALPHA ALPHA agreement"],
        "Exceptions that need you": ["ALPHA fault"],
    }


def test_own_exceptions_come_by_amount_and_others_work_is_left_out(finance: User) -> None:
    for title, amount, owner in (
        ("small", 10, finance),
        ("large", 30, None),
        ("middle", 20, finance),
        ("taken", 99, person(Role.FINANCE)),
    ):
        ExceptionItemFactory.create(title=title, money_at_risk=Decimal(amount), owner=owner)
    (section,) = (
        section
        for section in home_of(finance, now=timezone.now()).sections
        if section.title == "Exceptions that need you"
    )
    assert [line.label for line in section.lines] == ["large", "middle", "small"]


def test_one_and_many_rows_cost_the_same(finance: User, django_assert_num_queries: Any) -> None:
    client = page_client(finance)
    for marks in (["A1"], ["B1", "B2", "B3"]):
        for mark in marks:
            build(mark)
        with django_assert_num_queries(14):
            client.get("/")


def test_the_dashboards_tell_the_same_figures(finance: User, project_manager: User) -> None:
    build("ALPHA")
    told = api_client(finance).get("/api/v1/dashboards/finance").json()
    assert {one["label"]: one["amount"] for one in told["figures"]} == {
        "Held back by exceptions": "19000.0000",
        "Unbilled work": "900.0000",
        "Waiting for approval": "0.0000",
        "Open breaks": "10.0000",
    }
    assert [one["title"] for one in told["lists"]] == [
        "Exceptions that need you",
        "Billing runs",
        "Reconciliation breaks",
    ]
    assert api_client(project_manager).get("/api/v1/dashboards/pmo").status_code == 200
    assert api_client(project_manager).get("/api/v1/dashboards/finance").status_code == 403
