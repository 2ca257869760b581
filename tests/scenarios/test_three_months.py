"""A quarter of one engagement, told with the verbs people use: from terms to posted and paid documents."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from billing.actions.posting import record_payment
from billing.models import Charge, Proposal
from billing.states import PaymentStatus
from contracts.actions.contracts import create_contract
from contracts.actions.customers import create_billing_account, create_customer
from contracts.actions.dimensions import RateDimensions
from contracts.actions.rate_cards import create_card
from contracts.actions.rates import set_rate
from contracts.actions.terms import LineTerms, PayerTerms
from contracts.actions.versions import approve_version, submit_version
from contracts.models import Contract
from core.actors import Actor
from core.models import ExceptionItem, Role
from core.reactions import run_reactions
from integrations.models import Delivery, Route, System
from projects.actions.assignments import assign_worker
from projects.actions.projects import activate_project, create_project
from projects.actions.tasks import add_task
from projects.models import Project
from reporting.invariants import offenders
from tests import factories
from tests.billing.documents import post, run_to
from tests.personas import person
from timesheets.actions.approvals import approve_time
from timesheets.actions.corrections import correct_time
from timesheets.actions.intake import record_time
from timesheets.intake.lines import Line
from timesheets.models import TimeEntry

pytestmark = pytest.mark.django_db

D = Decimal
TODAY = date(2026, 6, 30)


class Firm:
    """The people of the story, each acting in their own role."""

    def __init__(self) -> None:
        self.entity = factories.LegalEntityFactory.create()
        rule = factories.TaxRuleFactory.create(legal_entity=self.entity)
        assert rule.tax_code.percent == 20
        system = System.objects.create(
            code="erp", name="ERP", vendor="sandbox_erp", base_url="http://127.0.0.1:1"
        )
        Route.objects.create(legal_entity=self.entity, system=system, company_code="UK01")
        self.service_line = factories.ServiceLineFactory.create()
        self.senior = factories.DeliveryRoleFactory.create(code="senior", name="Senior consultant")
        factories.WorkTypeFactory.create()
        self.finance = Actor.of(person(Role.FINANCE))
        self.lead = Actor.of(person(Role.FINANCE_LEAD))
        self.pmo = Actor.of(person(Role.PMO))
        self.manager = factories.WorkerFactory.create(user=person(Role.PROJECT_MANAGER))
        self.consultant = factories.WorkerFactory.create(user=person(Role.CONSULTANT), code="W-ADA")
        for worker in (self.manager, self.consultant):
            factories.EmploymentFactory.create(worker=worker, legal_entity=self.entity, role=self.senior)

    def sell(self) -> Contract:
        """Agree terms: 180.00 an hour, approved by a second person."""
        customer = create_customer(actor=self.finance, name="Halden Rail", currency_id="GBP")
        account = create_billing_account(
            customer.pk,
            actor=self.finance,
            name="Halden Rail plc",
            country="GB",
            street="1 Mint Row",
            city="Leeds",
        )
        assert self.finance.user_id is not None
        contract = create_contract(
            effective_from=date(2026, 3, 1),
            actor=self.finance,
            name="Signalling renewal",
            customer_id=customer.pk,
            legal_entity_id=self.entity.pk,
            currency_id="GBP",
            owner_id=self.finance.user_id,
            lines=[LineTerms("design", "Design", "advisory")],
            payers=[PayerTerms(account.code, takes_rounding=True)],
        )
        card = create_card(
            actor=self.finance, name="Halden", scope="contract", currency_id="GBP", contract_id=contract.pk
        )
        self.card = card
        self.price("180.00", date(2026, 3, 1))
        version = contract.versions.get()
        submit_version(version.pk, actor=self.finance)
        approve_version(version.pk, actor=self.pmo)
        return contract

    def price(self, amount: str, since: date) -> None:
        """Set the senior price from a day on."""
        set_rate(
            self.card.pk,
            dims=RateDimensions(role="senior"),
            amount=D(amount),
            starts_on=since,
            now=datetime.now(UTC),
            actor=self.finance,
            reason="agreed",
        )

    def staff(self, contract: Contract) -> Project:
        """Open the project and put the consultant on it."""
        project = create_project(
            contract.pk,
            actor=self.pmo,
            code="P-SIG",
            name="Signalling",
            manager_id=self.manager.pk,
            legal_entity_id=self.entity.pk,
            service_line_id=self.service_line.pk,
            starts_on=date(2026, 3, 1),
        )
        add_task(project.pk, actor=self.pmo, code="D1", name="Design", contract_line_key="design")
        activate_project(project.pk, actor=self.pmo)
        assign_worker(
            project.pk,
            worker_id=self.consultant.pk,
            starts_on=date(2026, 3, 1),
            actor=self.pmo,
            role_id=self.senior.pk,
        )
        return project

    def work(self, *days: tuple[date, str]) -> None:
        """Record, submit and have approved the consultant's hours."""
        assert self.consultant.user is not None
        lines = [
            Line(n, "W-ADA", "P-SIG", "D1", day, D(hours), source_key=f"{day}", source_system="tieout")
            for n, (day, hours) in enumerate(days, start=1)
        ]
        result = record_time(lines, actor=Actor.of(self.consultant.user), on=TODAY, submit=True)
        assert [row.outcome for row in result.rows if row.code] == []
        self.approve()

    def approve(self) -> None:
        """Let the project manager approve whatever is submitted, and the system react."""
        assert self.manager.user is not None
        approve_time(TimeEntry.objects.filter(status="submitted"), actor=Actor.of(self.manager.user))
        self.settle()

    def bill(self, contract: Contract, cut_off: date) -> list[Proposal]:
        """Run, review, approve, release and post a month."""
        run = run_to(contract, cut_off, self.finance)
        proposals = list(run.proposals.order_by("number"))
        post(proposals, self.finance, self.lead)
        self.settle()
        return [Proposal.objects.get(pk=proposal.pk) for proposal in proposals]

    def settle(self) -> None:
        """Run what the events ask for, and see that everything conserves."""
        run_reactions()
        assert offenders() == {}


@pytest.fixture
def firm(db: None) -> Iterator[Firm]:
    yield Firm()


def weekdays(first: date, count: int) -> list[date]:
    """Return the next working days from a Monday on."""
    return [first + timedelta(days=n + 2 * (n // 5)) for n in range(count)]


def test_three_months_from_terms_to_cash(firm: Firm) -> None:
    contract = firm.sell()
    assert contract.versions.get().status == "approved"
    firm.staff(contract)

    # March: ten days of eight hours at 180.00.
    firm.work(*[(day, "8") for day in weekdays(date(2026, 3, 2), 10)])
    assert open_total(contract) == D("14400.00")
    (march,) = firm.bill(contract, date(2026, 3, 31))
    assert (march.net, march.tax, march.gross) == (D("14400.00"), D("2880.00"), D("17280.00"))
    assert (march.status, march.erp_number) == ("posted", f"RE-{march.number}")

    # April: five more days; a late day of March; the price rises to 190.00 from 16 March, back-dated.
    firm.work(*[(day, "8") for day in weekdays(date(2026, 4, 6), 5)], (date(2026, 3, 30), "6"))
    assert open_total(contract) == D("46.0") * D("180")
    firm.price("190.00", date(2026, 3, 16))
    firm.settle()
    # April and the late day at 190.00; nothing of the days invoiced lies after 15 March.
    assert open_total(contract) == D("46.0") * D("190")
    firm.price("185.00", date(2026, 3, 9))
    firm.settle()
    # From 9 March on everything is 185.00: five invoiced days owe 5.00 an hour more.
    assert open_total(contract) == D("46.0") * D("185") + D("40") * D("5")
    (april,) = firm.bill(contract, date(2026, 4, 30))
    assert april.net == D("8710.00")

    # May: a posted March day was really six hours: one credit of exactly that source, on its own document.
    wrong = TimeEntry.objects.get(work_date=date(2026, 3, 10))
    assert firm.consultant.user is not None
    correct_time(wrong.pk, actor=Actor.of(firm.consultant.user), on=TODAY, reason="left early", hours=D("6"))
    assert open_total(contract) == 0
    firm.approve()
    assert open_total(contract) == D("-370.00")
    documents = firm.bill(contract, date(2026, 5, 31))
    # Two hours at 185.00 fall: 40.00 is left of the later slice, the rest comes off March's invoice.
    assert sorted((document.kind, document.net, document.credits_id) for document in documents) == sorted(
        [("credit_note", D("-40.00"), april.pk), ("credit_note", D("-330.00"), march.pk)]
    )
    assert open_total(contract) == 0

    # The customer pays March in two parts.
    pay(march, "PAY-1", "10000.00", firm.finance)
    assert Proposal.objects.get(pk=march.pk).payment_status == PaymentStatus.PART_PAID
    pay(march, "PAY-2", "7280.00", firm.finance)
    pay(march, "PAY-2", "7280.00", firm.finance)
    assert Proposal.objects.get(pk=march.pk).payment_status == PaymentStatus.PAID
    assert not ExceptionItem.objects.exists()
    # One message for each released document, none sent twice.
    assert Delivery.objects.count() == Proposal.objects.filter(status="posted").count() == 4
    assert offenders() == {}


def test_missing_rate_waits_with_its_money_and_closes_by_itself(firm: Firm) -> None:
    contract = firm.sell()
    firm.staff(contract)
    lead = factories.DeliveryRoleFactory.create(code="lead", name="Lead consultant")
    project = Project.objects.get(code="P-SIG")
    assignment = project.assignments.get()
    assignment.role = lead
    assignment.save(update_fields=["role"])
    standard = create_card(actor=firm.finance, name="Standard", scope="standard", currency_id="GBP")
    set_rate(
        standard.pk,
        dims=RateDimensions(role="lead"),
        amount=D("210.00"),
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 2, 28),
        now=datetime.now(UTC),
        actor=firm.finance,
    )
    firm.work((date(2026, 3, 2), "8"), (date(2026, 3, 3), "4"))
    item = ExceptionItem.objects.get()
    assert (item.code, item.quantity_at_risk, item.money_at_risk, item.currency, item.state) == (
        "rate_missing",
        D("12"),
        D("2520.00"),
        "GBP",
        "open",
    )
    assert Charge.objects.filter(contract=contract).count() == 0
    set_rate(
        firm.card.pk,
        dims=RateDimensions(role="lead"),
        amount=D("200.00"),
        starts_on=date(2026, 3, 1),
        now=datetime.now(UTC),
        actor=firm.finance,
    )
    firm.settle()
    assert open_total(contract) == D("2400.00")
    item.refresh_from_db()
    assert (item.state, item.resolved_by) == ("resolved", "system:pricing")


def open_total(contract: Contract) -> Decimal:
    """Return the sum of open billable charges."""
    return sum(
        Charge.objects.filter(contract=contract, fixed_at=None, billable=True).values_list(
            "amount", flat=True
        ),
        D(0),
    )


def pay(proposal: Proposal, external_id: str, amount: str, actor: Actor) -> None:
    """Read a payment back from the ERP."""
    record_payment(
        proposal.pk,
        system="erp",
        external_id=external_id,
        amount=D(amount),
        currency="GBP",
        paid_on=date(2026, 5, 4),
        actor=actor,
    )
