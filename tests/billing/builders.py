"""A small firm to price: one contract with its people, told in the words of money rules."""

from datetime import UTC, date, datetime
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.utils import timezone

from billing.actions.decisions import approve_adjustment, submit_adjustment
from billing.actions.pricing import price
from billing.models import Adjustment, Charge
from billing.pricing.engine import Outcome
from billing.pricing.scope import Scope
from contracts.models import Contract, ContractLine, ContractVersion, Rate, RateCard
from core.actors import Actor
from core.identifiers import uuid7
from core.models import User
from projects.models import Project, Task, Worker
from tests import factories
from timesheets.models import TimeEntry

PRICING = Actor.system("pricing")


class Agreement:
    """A time-and-materials contract that is active, with one project, one task and one worker."""

    def __init__(
        self, *, currency: str = "GBP", policy: str = "delta", on: date = date(2026, 1, 1), **line: object
    ):
        entity = factories.LegalEntityFactory.create(base_currency_id=currency)
        self.contract: Contract = factories.ContractFactory.create(
            currency_id=currency, legal_entity=entity, retroactivity=policy
        )
        self.version: ContractVersion = factories.ContractVersionFactory.create(
            contract=self.contract, effective_from=on
        )
        self.line: ContractLine = factories.ContractLineFactory.create(contract_version=self.version, **line)
        self.payer = factories.PayerFactory.create(contract_version=self.version)
        self.card: RateCard = factories.RateCardFactory.create(
            scope="contract", contract=self.contract, currency_id=currency
        )
        self.project: Project = factories.ProjectFactory.create(contract=self.contract)
        self.task: Task = factories.TaskFactory.create(project=self.project)
        self.worker: Worker = self.hire("senior")

    def hire(self, role: str, region: str = "GB") -> Worker:
        """Employ and assign another worker."""
        worker: Worker = factories.WorkerFactory.create()
        code = factories.DeliveryRoleFactory.create(code=role, name=role.capitalize())
        factories.EmploymentFactory.create(
            worker=worker,
            legal_entity=self.contract.legal_entity,
            role=code,
            region=factories.RegionFactory.create(code=region, name=region),
        )
        factories.AssignmentFactory.create(worker=worker, project=self.project, role=code)
        return worker

    def rate(
        self,
        amount: str,
        starts: date = date(2026, 1, 1),
        ends: date | None = None,
        *,
        known: datetime = datetime(2026, 1, 1, tzinfo=UTC),
        card: RateCard | None = None,
        **dimensions: str,
    ) -> Rate:
        """Add a price; dimensions not named are 'any', except the role, which is senior."""
        row: Rate = factories.RateFactory.create(
            card=card or self.card,
            amount=Decimal(amount),
            valid=DateRange(starts, ends),
            known=DateTimeTZRange(known, None),
            **dimensions,
        )
        return row

    def works(self, hours: str, day: date, **fields: object) -> TimeEntry:
        """Record approved work."""
        entry: TimeEntry = factories.TimeEntryFactory.create(
            approved=True,
            worker=fields.pop("worker", self.worker),
            task=fields.pop("task", self.task),
            work_date=day,
            hours=Decimal(hours),
            **fields,
        )
        return entry

    def correct(self, entry: TimeEntry, hours: str | None, **fields: object) -> TimeEntry | None:
        """Replace approved work as an approved correction does; None voids it."""
        common = {"worker": entry.worker, "task": entry.task, "root_id": entry.root_id, "corrects": entry}
        TimeEntry.objects.filter(pk=entry.pk).update(status="corrected")
        reversal: dict[str, object] = {"kind": "reversal", "hours": -entry.hours, "id": uuid7()}
        factories.TimeEntryFactory.create(approved=True, work_date=entry.work_date, **{**common, **reversal})
        if hours is None:
            return None
        replacement = {"kind": "replacement", "hours": Decimal(hours), "work_date": entry.work_date, **fields}
        corrected: TimeEntry = factories.TimeEntryFactory.create(approved=True, **{**common, **replacement})
        return corrected

    def amend(self, effective_from: date, **line: object) -> ContractVersion:
        """Approve a further version now, with the same line changed as told and the same payer."""
        version: ContractVersion = factories.ContractVersionFactory.create(
            contract=self.contract,
            number=self.contract.versions.count() + 1,
            effective_from=effective_from,
            approved_at=timezone.now(),
        )
        factories.ContractLineFactory.create(contract_version=version, **line)
        factories.PayerFactory.create(contract_version=version, billing_account=self.payer.billing_account)
        return version

    def reprice(self, amount: str, starts: date) -> None:
        """Change the one price of the card from a date on, as known from now on."""
        now = timezone.now()
        old = Rate.objects.get(card=self.card, known__endswith__isnull=True)
        Rate.objects.filter(pk=old.pk).update(known=DateTimeTZRange(old.known.lower, now))
        self.rate(str(old.amount), old.valid.lower, starts, known=now)
        self.rate(amount, starts, old.valid.upper, known=now)

    def decide(self, entry: TimeEntry, kind: str, amount: str | None = None) -> Adjustment:
        """Let finance write work off, down or up, and its lead approve."""
        adjustment = submit_adjustment(
            self.contract.pk,
            source_id=entry.root_id,
            kind=kind,
            amount=Decimal(amount) if amount else None,
            code="goodwill",
            actor=Actor.of(person("finance")),
            reason="agreed with the customer",
        )
        return approve_adjustment(adjustment.pk, actor=Actor.of(person("finance_lead")))

    def price(self, *sources: TimeEntry) -> Outcome:
        """Run the engine over the contract, or over some sources of it."""
        return price(Scope.of([self.contract.pk], [entry.root_id for entry in sources]), actor=PRICING)

    def fix(self) -> None:
        """Invoice everything that is open, through run, review, approval, release and posting."""
        from tests.billing.documents import invoice_everything

        invoice_everything(self)

    def charges(self) -> list[tuple[str, Decimal, Decimal, bool]]:
        """Return (slice kind, quantity, amount, fixed) of every charge, oldest service date first."""
        rows = Charge.objects.filter(contract=self.contract).order_by("service_on", "fixed_at", "amount")
        return [(row.slice.split("-")[0], row.quantity, row.amount, row.fixed_at is not None) for row in rows]

    def open_amounts(self) -> list[Decimal]:
        """Return the amounts of open billable charges, oldest service date first."""
        rows = Charge.objects.filter(contract=self.contract, fixed_at=None, billable=True)
        return list(rows.order_by("service_on", "amount").values_list("amount", flat=True))


def person(role: str) -> User:
    """Return somebody who holds a role for every legal entity."""
    user: User = factories.UserFactory.create()
    factories.MembershipFactory.create(user=user, role=role)
    return user
