"""The same story told to the engine and to the oracle: work, corrections, prices, terms, invoices."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.utils import timezone

from billing.models import Charge, Proposal
from billing.states import ProposalKind
from contracts.models import BillingAccount, Rate, RateCard
from tests import factories
from tests.billing.builders import Agreement
from tests.oracle.pricing import Oracle, Price, Terms, Work
from timesheets.models import TimeEntry

FIRST = date(2026, 1, 1)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
PLACES = {"contract": 1, "standard": 4}


class World:
    """One contract under a policy; ticks count the moments at which terms changed."""

    def __init__(self, policy: str) -> None:
        self.policy = policy
        self.tick = 0
        self.agreement = Agreement(policy=policy)
        self.agreement.payer.delete()
        self.accounts: list[BillingAccount] = [
            factories.BillingAccountFactory.create(customer=self.agreement.contract.customer, code=f"P{n}")
            for n in (1, 2)
        ]
        self.standard = factories.RateCardFactory.create()
        self.cards: dict[str, RateCard] = {"contract": self.agreement.card, "standard": self.standard}
        self.workers = {
            (role, region): self.agreement.hire(role, region)
            for role in ("senior", "lead")
            for region in ("GB", "DE")
        }
        self.overtime = factories.WorkTypeFactory.create(
            code="overtime", name="Overtime", multiplier=Decimal("1.5")
        )
        self.oracle = Oracle()
        self.live: dict[str, TimeEntry] = {}
        self.first_fixed: dict[str, int] = {}
        self._terms(self.agreement.version, FIRST, Decimal(0), None, None)
        self.price_row("standard", Decimal("100.00"), FIRST, None)

    def price_row(
        self,
        card: str,
        amount: Decimal,
        since: date,
        until: date | None,
        role: str = "any",
        region: str = "any",
    ) -> None:
        """Set a price for days as the verb does: rows are ended and cut, never edited."""
        self._advance()
        now = timezone.now() if self.tick > 1 else LONG_AGO
        rows = Rate.objects.filter(card=self.cards[card], role=role, region=region, known__endswith=None)
        wanted = DateRange(since, until)
        for row in list(rows.filter(valid__overlap=wanted)):
            Rate.objects.filter(pk=row.pk).update(known=DateTimeTZRange(row.known.lower, now))
            for piece in _outside(row.valid, wanted):
                self._rate(card, row.amount, piece, now, role, region)
            self._forget(card, row, role, region)
        self._rate(card, amount, wanted, now, role, region)

    def amend(
        self, since: date, discount: Decimal, increment: Decimal | None, second_share: Decimal | None
    ) -> None:
        """Approve a further version."""
        self._advance()
        version = factories.ContractVersionFactory.create(
            contract=self.agreement.contract,
            number=len(self.oracle.versions) + 1,
            effective_from=since,
            approved_at=timezone.now(),
        )
        rounding = "up" if increment else "none"
        factories.ContractLineFactory.create(
            contract_version=version,
            discount_percent=discount,
            increment=increment or Decimal("0.25"),
            increment_rounding=rounding,
        )
        self._terms(version, since, discount, increment, second_share)

    def work(self, hours: Decimal, day: date, role: str, region: str, overtime: bool) -> TimeEntry:
        """Approve work."""
        fields = {"work_type": self.overtime} if overtime else {}
        entry = self.agreement.works(str(hours), day, worker=self.workers[role, region], **fields)
        self.live[str(entry.root_id)] = entry
        return entry

    def correct(self, root: str, hours: Decimal | None) -> None:
        """Approve a correction; None voids the work."""
        corrected = self.agreement.correct(
            self.live[root], None if hours is None else str(hours), work_type=self.live[root].work_type
        )
        if corrected is None:
            del self.live[root]
        else:
            self.live[root] = corrected

    def invoice(self) -> None:
        """Post everything open that is worth anything; no document may bill less than nothing."""
        self.agreement.price()
        worth = Charge.objects.filter(contract=self.agreement.contract, fixed_at=None, billable=True)
        worth = worth.exclude(amount=0)
        if not worth.exists():
            return
        self.agreement.fix()
        assert not worth.exists()
        for document in Proposal.objects.filter(contract=self.agreement.contract):
            assert document.net >= 0 if document.kind == ProposalKind.INVOICE else document.net <= 0
        fixed = Charge.objects.filter(contract=self.agreement.contract, fixed_at__isnull=False)
        for source in fixed.values_list("source_id", flat=True).distinct():
            self.first_fixed.setdefault(str(source), self.tick)
        self._advance()

    def expected(self) -> dict[tuple[str, str, str], Decimal]:
        """Return what should be charged, by the oracle; a waived source at its first terms."""
        should: dict[tuple[str, str, str], Decimal] = {}
        for root, entry in self.live.items():
            now = self.first_fixed.get(root, self.tick) if self.policy == "prospective" else self.tick
            shares = self.oracle.shares(self._fact(root, entry), now)
            assert shares is not None
            should.update(shares)
        return {key: amount for key, amount in should.items() if amount}

    def charged(self) -> dict[tuple[str, str, str], Decimal]:
        """Return what is charged, fixed and open together."""
        total: dict[tuple[str, str, str], Decimal] = {}
        for charge in Charge.objects.filter(contract=self.agreement.contract).select_related(
            "billing_account"
        ):
            key = (str(charge.source_id), charge.component, charge.billing_account.code)
            total[key] = total.get(key, Decimal(0)) + charge.amount
        return {key: amount for key, amount in total.items() if amount}

    def _fact(self, root: str, entry: TimeEntry) -> Work:
        role, region = next(key for key, worker in self.workers.items() if worker == entry.worker)
        kind = entry.work_type
        return Work(root, entry.work_date, entry.hours, role, region, kind.code, kind.multiplier)

    def _advance(self) -> None:
        self.tick += 1

    def _rate(
        self, card: str, amount: Decimal, valid: DateRange, now: datetime, role: str, region: str
    ) -> None:
        self.agreement.rate(
            str(amount), valid.lower, valid.upper, known=now, card=self.cards[card], role=role, region=region
        )
        price = Price(PLACES[card], amount, valid.lower, valid.upper, self.tick, None, role, region)
        self.oracle.prices.append(price)

    def _forget(self, card: str, row: Rate, role: str, region: str) -> None:
        for position, price in enumerate(self.oracle.prices):
            same = (price.place, price.role, price.region, price.since, price.until, price.known_until)
            ended = same == (PLACES[card], role, region, row.valid.lower, row.valid.upper, None)
            if ended and price.known_since < self.tick:
                self.oracle.prices[position] = replace(price, known_until=self.tick)

    def _terms(
        self,
        version: object,
        since: date,
        discount: Decimal,
        increment: Decimal | None,
        second_share: Decimal | None,
    ) -> None:
        share = second_share or Decimal(0)
        for account, percent, rounding in zip(
            self.accounts, (100 - share, share), (True, False), strict=True
        ):
            if percent:
                factories.PayerFactory.create(
                    contract_version=version,
                    billing_account=account,
                    percent=percent,
                    takes_rounding=rounding,
                )
        shares = (("P1", 100 - share), ("P2", share)) if share else (("P1", Decimal(100)),)
        number = len(self.oracle.versions) + 1
        self.oracle.versions.append(Terms(number, since, self.tick, discount, increment, shares, "P1"))


def _outside(row: DateRange, cut: DateRange) -> list[DateRange]:
    pieces = []
    if row.lower < cut.lower:
        pieces.append(DateRange(row.lower, cut.lower))
    if cut.upper is not None and (row.upper is None or cut.upper < row.upper):
        pieces.append(DateRange(cut.upper, row.upper))
    return pieces


def day(number: int) -> date:
    """Return a day of the half year in which the stories play."""
    return FIRST + timedelta(days=number)
