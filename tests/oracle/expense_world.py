"""The same story of expenses told to the engine and to the oracle: spends, corrections, rates, amendments."""

from datetime import date, timedelta
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from billing.actions.pricing import price
from billing.models import Charge
from billing.pricing.engine import Outcome
from billing.pricing.scope import Scope
from contracts.models import BillingAccount
from core.identifiers import uuid7
from tests import factories
from tests.billing.builders import PRICING, Agreement
from tests.oracle.expenses import ExpenseOracle, Rule, Spend, Terms
from tests.oracle.world import FIRST
from timesheets.models import Expense

CATEGORIES = ("hotel", "mileage")
GENERAL = (True, Decimal(0), None, None)


class ExpenseWorld:
    """One contract with expenses under a policy; ticks count the moments of change."""

    def __init__(self, policy: str) -> None:
        self.policy, self.tick = policy, 0
        self.agreement = Agreement(policy=policy)
        self.agreement.version.delete()
        self.contract = self.agreement.contract
        self.accounts: list[BillingAccount] = [
            factories.BillingAccountFactory.create(customer=self.contract.customer, code=f"P{n}")
            for n in (1, 2)
        ]
        self.categories = {
            "hotel": factories.ExpenseCategoryFactory.create(),
            "mileage": factories.ExpenseCategoryFactory.create(
                code="mileage", unit="km", unit_price=Decimal("0.45")
            ),
        }
        self.oracle = ExpenseOracle()
        self.spends: dict[str, Spend] = {}
        self.standing: dict[str, Expense] = {}
        self.first_fixed: dict[str, int] = {}
        self.amend(FIRST, GENERAL, Decimal("0.60"), Decimal(0))

    def amend(
        self,
        since: date,
        general: tuple[bool, Decimal, Decimal | None, None],
        per_km: Decimal | None,
        second_share: Decimal,
    ) -> None:
        """Approve a further version: a rule of every category, perhaps a price per kilometre, and shares."""
        self.tick += 1
        version = factories.ContractVersionFactory.create(
            contract=self.contract,
            number=len(self.oracle.versions) + 1,
            effective_from=since,
            approved_at=timezone.now(),
        )
        factories.ContractLineFactory.create(contract_version=version)
        billed, markup, ceiling, _ = general
        rules: dict[str | None, Rule] = {None: Rule(*general)}
        factories.ExpenseRuleFactory.create(
            contract_version=version, billed=billed, markup_percent=markup, ceiling=ceiling
        )
        if per_km is not None:
            rules["mileage"] = Rule(True, Decimal(0), None, per_km)
            factories.ExpenseRuleFactory.create(
                contract_version=version, category=self.categories["mileage"], unit_price=per_km
            )
        split = ((self.accounts[0], 100 - second_share, True), (self.accounts[1], second_share, False))
        payers = [one for one in split if one[1]]
        for account, percent, rounding in payers:
            factories.PayerFactory.create(
                contract_version=version, billing_account=account, percent=percent, takes_rounding=rounding
            )
        shares = tuple((account.code, percent) for account, percent, _ in payers)
        self.oracle.versions.append(Terms(version.number, since, self.tick, rules, shares, "P1"))

    def spend(self, on: date, amount: Decimal, currency: str) -> None:
        """Approve a hotel bill."""
        self._add("hotel", on, currency, amount, Decimal(1))

    def drive(self, on: date, kilometres: Decimal) -> None:
        """Approve a drive."""
        self._add(
            "mileage", on, "GBP", max(round(kilometres * Decimal("0.45"), 2), Decimal("0.01")), kilometres
        )

    def correct(self, place: int, amount: Decimal | None) -> None:
        """Replace an expense with another amount, or take it back."""
        if not self.standing:
            return
        root = sorted(self.standing)[place % len(self.standing)]
        original, spend = self.standing[root], self.spends[root]
        self.tick += 1
        Expense.objects.filter(pk=original.pk).update(status="corrected")
        common = {
            "worker": original.worker,
            "task": original.task,
            "category": original.category,
            "spent_on": original.spent_on,
            "currency_id": original.currency_id,
            "root_id": original.root_id,
            "corrects": original,
            "approved": True,
        }
        reversal = {"kind": "reversal", "net": -original.net, "quantity": -original.quantity, "id": uuid7()}
        factories.ExpenseFactory.create(**common, **reversal)
        if amount is None:
            del self.standing[root], self.spends[root]
            return
        self.standing[root] = factories.ExpenseFactory.create(
            kind="replacement", net=amount, quantity=original.quantity, id=uuid7(), **common
        )
        self.spends[root] = Spend(root, spend.day, spend.category, spend.currency, amount, spend.quantity)

    def rate(self, on: date, rate: Decimal) -> None:
        """Let the euro's rate of a day arrive, once."""
        if on not in self.oracle.rates:
            valid = DateRange(on, on + timedelta(days=1))
            factories.ExchangeRateFactory.create(valid=valid, rate=rate)
            self.oracle.rates[on] = rate

    def price(self) -> Outcome:
        """Run the engine over the contract."""
        return price(Scope.of([self.contract.pk]), actor=PRICING)

    def invoice(self) -> None:
        """Post everything open."""
        self.price()
        if not Charge.objects.filter(contract=self.contract, fixed_at=None, billable=True).exists():
            return
        self.agreement.fix()
        fixed = Charge.objects.filter(contract=self.contract, fixed_at__isnull=False)
        for source in fixed.values_list("source_id", flat=True).distinct():
            self.first_fixed.setdefault(str(source), self.tick)

    def expected(self) -> dict[tuple[str, str, str], Decimal]:
        """Return what should be charged, by the oracle; a waived expense at its first terms."""
        should: dict[tuple[str, str, str], Decimal] = {}
        for root, spend in self.spends.items():
            now = self.first_fixed.get(root, self.tick) if self.policy == "prospective" else self.tick
            should.update(self.oracle.price(spend, now) or {})
        return {name: amount for name, amount in should.items() if amount}

    def gaps(self) -> set[str]:
        """Return the expenses without a price, by the oracle."""
        return {root for root, spend in self.spends.items() if self.oracle.price(spend, self.tick) is None}

    def charged(self) -> dict[tuple[str, str, str], Decimal]:
        """Return what is charged, fixed and open together."""
        total: dict[tuple[str, str, str], Decimal] = {}
        for charge in Charge.objects.filter(contract=self.contract).select_related("billing_account"):
            name = (str(charge.source_id), charge.component, charge.billing_account.code)
            total[name] = total.get(name, Decimal(0)) + charge.amount
        return {name: amount for name, amount in total.items() if amount}

    def _add(self, category: str, on: date, currency: str, net: Decimal, quantity: Decimal) -> None:
        self.tick += 1
        made = factories.ExpenseFactory.create(
            approved=True,
            worker=self.agreement.worker,
            task=self.agreement.task,
            category=self.categories[category],
            spent_on=on,
            currency_id=currency,
            net=net,
            quantity=quantity,
        )
        self.standing[str(made.pk)] = made
        self.spends[str(made.pk)] = Spend(str(made.pk), on, category, currency, net, quantity)
