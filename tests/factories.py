"""One factory per model: valid rows with as little said as possible. Money is GBP unless told otherwise."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import factory
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from factory import LazyAttribute, SelfAttribute, Sequence, SubFactory, Trait
from factory.django import DjangoModelFactory

from billing.models import (
    TaxCode,
    TaxRule,
)
from contracts.models import (
    BillingAccount,
    Contract,
    ContractLine,
    ContractVersion,
    Customer,
    Deal,
    DeliveryRole,
    ExpenseCategory,
    ExpenseRule,
    FieldConflict,
    InstalmentTerm,
    MilestoneTerm,
    Payer,
    Rate,
    RateCard,
    Region,
    ServiceLine,
)
from core.identifiers import uuid7
from core.models import (
    AccountingPeriod,
    ApiToken,
    ExceptionItem,
    ExchangeRate,
    LegalEntity,
    Membership,
    Role,
    User,
)
from projects.models import Assignment, Employment, Milestone, Project, SignOffLink, Task, Worker
from timesheets.models import Expense, TimeEntry, Timesheet, WorkType

FIRST_DAY = date(2026, 1, 1)
NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


def from_2026() -> DateRange:
    """Return the days from 1 January 2026 on."""
    return DateRange(FIRST_DAY, None)


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    username = Sequence(lambda n: f"person{n}")
    first_name = "Person"
    last_name = Sequence(lambda n: f"Number {n}")
    email = LazyAttribute(lambda user: f"{user.username}@example.com")


class LegalEntityFactory(DjangoModelFactory[LegalEntity]):
    class Meta:
        model = LegalEntity

    code = Sequence(lambda n: f"LE{n}")
    name = Sequence(lambda n: f"Tieout Entity {n} Ltd")
    country = "GB"
    base_currency_id = "GBP"


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    user = SubFactory(UserFactory)
    role = Role.FINANCE
    legal_entity = None
    valid = factory.LazyFunction(from_2026)


class ApiTokenFactory(DjangoModelFactory[ApiToken]):
    """`ApiTokenFactory(secret="...")` sets what the caller sends."""

    class Meta:
        model = ApiToken
        exclude = ("secret",)

    secret = Sequence(lambda n: f"tio_secret_{n}")
    user = SubFactory(UserFactory, is_service_account=True)
    name = "test token"
    prefix = LazyAttribute(lambda token: token.secret[:12])
    sha256 = LazyAttribute(lambda token: ApiToken.digest(token.secret))
    expires_at = datetime(2100, 1, 1, tzinfo=UTC)


class AccountingPeriodFactory(DjangoModelFactory[AccountingPeriod]):
    class Meta:
        model = AccountingPeriod

    legal_entity = SubFactory(LegalEntityFactory)
    month = date(2026, 11, 1)


class ExchangeRateFactory(DjangoModelFactory[ExchangeRate]):
    class Meta:
        model = ExchangeRate

    base_id = "EUR"
    quote_id = "GBP"
    valid = factory.LazyFunction(from_2026)
    rate = Decimal("0.85")
    source = "test"


class ExceptionItemFactory(DjangoModelFactory[ExceptionItem]):
    class Meta:
        model = ExceptionItem

    number = Sequence(lambda n: f"EX-{90001 + n}")
    code = "rate_missing"
    cause_key = Sequence(lambda n: f"cause:{n}")
    title = "No rate for Senior consultant from 3 to 14 November"
    object_type = "contracts.contract"
    object_id = factory.LazyFunction(uuid7)
    legal_entity = SubFactory(LegalEntityFactory)
    flow = "pricing"
    team = "finance"
    money_at_risk = Decimal("19000.00")
    currency = "GBP"
    opened_at = NOW - timedelta(days=6)

    class Params:
        resolved = Trait(
            state="resolved", resolved_at=NOW, resolved_by="system:test", resolution="Cause gone"
        )


class CustomerFactory(DjangoModelFactory[Customer]):
    class Meta:
        model = Customer

    code = Sequence(lambda n: f"CU-{n}")
    name = Sequence(lambda n: f"Customer {n}")
    currency_id = "GBP"


class BillingAccountFactory(DjangoModelFactory[BillingAccount]):
    class Meta:
        model = BillingAccount

    code = Sequence(lambda n: f"BA-{n}")
    customer = SubFactory(CustomerFactory)
    name = Sequence(lambda n: f"Customer {n}, accounts payable")
    street = "1 High Street"
    city = "London"
    postal_code = "N1 1AA"
    country = "GB"
    tax_registration = "GB980780684"
    email = "payable@example.com"


class DeliveryRoleFactory(DjangoModelFactory[DeliveryRole]):
    class Meta:
        model = DeliveryRole
        django_get_or_create = ("code",)

    code = "senior"
    name = "Senior consultant"


class ServiceLineFactory(DjangoModelFactory[ServiceLine]):
    class Meta:
        model = ServiceLine
        django_get_or_create = ("code",)

    code = "advisory"
    name = "Advisory"


class ExpenseCategoryFactory(DjangoModelFactory[ExpenseCategory]):
    """At cost, without a limit, unless told otherwise."""

    class Meta:
        model = ExpenseCategory
        django_get_or_create = ("code",)

    code = "hotel"
    name = "Hotel"
    currency_id = "GBP"


class RegionFactory(DjangoModelFactory[Region]):
    class Meta:
        model = Region
        django_get_or_create = ("code",)

    code = "GB"
    name = "United Kingdom"


class ContractFactory(DjangoModelFactory[Contract]):
    class Meta:
        model = Contract

    code = Sequence(lambda n: f"C-{90001 + n}")
    name = Sequence(lambda n: f"Agreement {n}")
    customer = SubFactory(CustomerFactory)
    legal_entity = SubFactory(LegalEntityFactory)
    currency_id = "GBP"
    owner = SubFactory(UserFactory)
    status = "active"


class ContractVersionFactory(DjangoModelFactory[ContractVersion]):
    class Meta:
        model = ContractVersion

    contract = SubFactory(ContractFactory)
    number = 1
    effective_from = FIRST_DAY
    status = "approved"
    prepared_by = SubFactory(UserFactory)
    approved_by = SubFactory(UserFactory)
    approved_at = datetime(2026, 1, 1, tzinfo=UTC)
    content_sha256 = "0" * 64

    class Params:
        draft = Trait(status="draft", approved_by=None, approved_at=None, content_sha256="")


class ContractLineFactory(DjangoModelFactory[ContractLine]):
    class Meta:
        model = ContractLine

    contract_version = SubFactory(ContractVersionFactory)
    key = "work"
    name = "Consulting"
    service_line = SubFactory(ServiceLineFactory)


class MilestoneTermFactory(DjangoModelFactory[MilestoneTerm]):
    class Meta:
        model = MilestoneTerm

    line = SubFactory(ContractLineFactory, billing_method="milestones")
    key = Sequence(lambda n: f"m{n}")
    name = Sequence(lambda n: f"Milestone {n}")
    amount = Decimal("100000.00")
    position = Sequence(lambda n: n + 1)


class InstalmentTermFactory(DjangoModelFactory[InstalmentTerm]):
    class Meta:
        model = InstalmentTerm

    line = SubFactory(ContractLineFactory, billing_method="instalments")
    key = Sequence(lambda n: f"i{n}")
    due_on = date(2026, 3, 1)
    amount = Decimal("5000.00")


class ExpenseRuleFactory(DjangoModelFactory[ExpenseRule]):
    """At cost, on every line and category, unless told otherwise."""

    class Meta:
        model = ExpenseRule

    contract_version = SubFactory(ContractVersionFactory)


class PayerFactory(DjangoModelFactory[Payer]):
    class Meta:
        model = Payer

    contract_version = SubFactory(ContractVersionFactory)
    billing_account = SubFactory(
        BillingAccountFactory, customer=SelfAttribute("..contract_version.contract.customer")
    )
    percent = Decimal(100)
    takes_rounding = True


class DealFactory(DjangoModelFactory[Deal]):
    class Meta:
        model = Deal

    code = Sequence(lambda n: f"D-{n}")
    source = "crm"
    source_id = Sequence(lambda n: f"OPP-{n}")
    name = "Network modernisation"
    customer_name = "Halden Rail Ltd"
    legal_entity = SubFactory(LegalEntityFactory)
    currency = "GBP"
    amount = Decimal("120000.00")
    closed_on = date(2026, 11, 18)


class FieldConflictFactory(DjangoModelFactory[FieldConflict]):
    class Meta:
        model = FieldConflict

    deal = SubFactory(DealFactory)
    field = "amount"
    ours = "120000.00"
    theirs = "130000.00"


class RateCardFactory(DjangoModelFactory[RateCard]):
    class Meta:
        model = RateCard

    code = Sequence(lambda n: f"RC-{90001 + n}")
    name = "Standard prices"
    scope = "standard"
    currency_id = "GBP"


class RateFactory(DjangoModelFactory[Rate]):
    class Meta:
        model = Rate

    card = SubFactory(RateCardFactory)
    role = "senior"
    amount = Decimal("120.00")
    valid = factory.LazyFunction(from_2026)
    known = factory.LazyFunction(lambda: DateTimeTZRange(datetime(2026, 1, 1, tzinfo=UTC), None))
    set_by = SubFactory(UserFactory)


class WorkerFactory(DjangoModelFactory[Worker]):
    class Meta:
        model = Worker

    code = Sequence(lambda n: f"W{n}")
    name = Sequence(lambda n: f"Worker {n}")


class EmploymentFactory(DjangoModelFactory[Employment]):
    class Meta:
        model = Employment

    worker = SubFactory(WorkerFactory)
    legal_entity = SubFactory(LegalEntityFactory)
    role = SubFactory(DeliveryRoleFactory)
    region = SubFactory(RegionFactory)
    capacity_hours = Decimal("37.50")
    valid = factory.LazyFunction(from_2026)


class ProjectFactory(DjangoModelFactory[Project]):
    class Meta:
        model = Project

    code = Sequence(lambda n: f"P-{90001 + n}")
    name = Sequence(lambda n: f"Project {n}")
    contract = SubFactory(ContractFactory)
    legal_entity = SelfAttribute("contract.legal_entity")
    manager = SubFactory(WorkerFactory)
    service_line = SubFactory(ServiceLineFactory)
    starts_on = FIRST_DAY
    status = "active"


class TaskFactory(DjangoModelFactory[Task]):
    class Meta:
        model = Task

    project = SubFactory(ProjectFactory)
    code = Sequence(lambda n: f"T{n}")
    name = "Build"
    contract_line_key = "work"


class AssignmentFactory(DjangoModelFactory[Assignment]):
    class Meta:
        model = Assignment

    worker = SubFactory(WorkerFactory)
    project = SubFactory(ProjectFactory)
    role = SubFactory(DeliveryRoleFactory)
    valid = factory.LazyFunction(from_2026)
    status = "confirmed"


class MilestoneFactory(DjangoModelFactory[Milestone]):
    class Meta:
        model = Milestone

    code = Sequence(lambda n: f"MS-{90001 + n}")
    project = SubFactory(ProjectFactory)
    contract = SelfAttribute("project.contract")
    contract_line_key = "fee"
    term_key = Sequence(lambda n: f"term-{n}")


class SignOffLinkFactory(DjangoModelFactory[SignOffLink]):
    class Meta:
        model = SignOffLink

    id = factory.LazyFunction(uuid7)
    milestone = SubFactory(MilestoneFactory)
    token_sha256 = LazyAttribute(lambda link: SignOffLink.digest(SignOffLink(pk=link.id).secret))
    created_by = SubFactory(UserFactory)
    expires_at = datetime(2100, 1, 1, tzinfo=UTC)


class WorkTypeFactory(DjangoModelFactory[WorkType]):
    class Meta:
        model = WorkType
        django_get_or_create = ("code",)

    code = "normal"
    name = "Normal"


class TimesheetFactory(DjangoModelFactory[Timesheet]):
    class Meta:
        model = Timesheet
        django_get_or_create = ("worker", "week")

    worker = SubFactory(WorkerFactory)
    week = date(2026, 11, 2)


class TimeEntryFactory(DjangoModelFactory[TimeEntry]):
    class Meta:
        model = TimeEntry

    worker = SubFactory(WorkerFactory)
    task = SubFactory(TaskFactory)
    project = SelfAttribute("task.project")
    work_date = date(2026, 11, 3)
    timesheet = SubFactory(
        TimesheetFactory,
        worker=SelfAttribute("..worker"),
        week=LazyAttribute(
            lambda sheet: (
                sheet.factory_parent.work_date - timedelta(days=sheet.factory_parent.work_date.weekday())
            )
        ),
    )
    hours = Decimal("7.5000")
    work_type = SubFactory(WorkTypeFactory)
    id = factory.LazyFunction(uuid7)
    root_id = SelfAttribute("id")
    source_key = LazyAttribute(lambda entry: str(entry.id))

    class Params:
        submitted = Trait(status="submitted", submitted_by=SubFactory(UserFactory), submitted_at=NOW)
        approved = Trait(
            status="approved",
            submitted_by=SubFactory(UserFactory),
            submitted_at=NOW,
            approved_by=SubFactory(UserFactory),
            approved_at=NOW,
        )


class ExpenseFactory(DjangoModelFactory[Expense]):
    class Meta:
        model = Expense

    worker = SubFactory(WorkerFactory)
    task = SubFactory(TaskFactory)
    project = SelfAttribute("task.project")
    category = SubFactory(ExpenseCategoryFactory)
    spent_on = date(2026, 11, 3)
    currency_id = "GBP"
    net = Decimal("120.0000")
    id = factory.LazyFunction(uuid7)
    root_id = SelfAttribute("id")
    source_key = LazyAttribute(lambda expense: str(expense.id))

    class Params:
        submitted = Trait(status="submitted", submitted_by=SubFactory(UserFactory), submitted_at=NOW)
        approved = Trait(
            status="approved",
            submitted_by=SubFactory(UserFactory),
            submitted_at=NOW,
            approved_by=SubFactory(UserFactory),
            approved_at=NOW,
        )


class TaxCodeFactory(DjangoModelFactory[TaxCode]):
    class Meta:
        model = TaxCode
        django_get_or_create = ("code",)

    code = "GB-STD"
    name = "Standard rate"
    percent = Decimal(20)


class TaxRuleFactory(DjangoModelFactory[TaxRule]):
    class Meta:
        model = TaxRule

    legal_entity = SubFactory(LegalEntityFactory)
    tax_code = SubFactory(TaxCodeFactory)
    valid = factory.LazyFunction(from_2026)
