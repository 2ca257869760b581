"""The same story of fixed fees told to the engine and to the oracle: sign-offs, amendments, invoices."""

import hashlib
import uuid
from datetime import date
from decimal import Decimal

from django.utils import timezone

from billing.actions.pricing import price
from billing.models import Charge
from billing.pricing.engine import Outcome
from billing.pricing.scope import Scope
from contracts.models import BillingAccount
from projects.models import Milestone, SignOff
from tests import factories
from tests.billing.builders import PRICING, Agreement
from tests.oracle.fees import FeeOracle, Fees, Part
from tests.oracle.world import FIRST, day

UNTIL = day(200)


class FeeWorld:
    """One contract with a milestone and instalments under a policy; ticks count the moments of change."""

    def __init__(self, policy: str) -> None:
        self.policy, self.tick = policy, 0
        self.agreement = Agreement(policy=policy)
        self.agreement.version.delete()
        self.contract = self.agreement.contract
        self.accounts: list[BillingAccount] = [
            factories.BillingAccountFactory.create(customer=self.contract.customer, code=f"P{n}")
            for n in (1, 2)
        ]
        self.oracle = FeeOracle()
        self.parts: list[Part] = []
        self.first_fixed: dict[str, int] = {}
        self.amend(FIRST, Decimal("1000.00"), (30, 60, 90), Decimal("100.00"), Decimal(0), Decimal(0))
        self.milestone: Milestone = factories.MilestoneFactory.create(
            project=self.agreement.project, term_key="m1", status="completed", completed_on=FIRST
        )

    def amend(
        self,
        since: date,
        milestone: Decimal,
        due: tuple[int, ...],
        amount: Decimal,
        discount: Decimal,
        second_share: Decimal,
    ) -> None:
        """Approve a further version; `due` are the days of its instalments."""
        self.tick += 1
        version = factories.ContractVersionFactory.create(
            contract=self.contract,
            number=len(self.oracle.versions) + 1,
            effective_from=since,
            approved_at=timezone.now(),
        )
        common = {"contract_version": version, "discount_percent": discount}
        fee = factories.ContractLineFactory.create(key="fee", billing_method="milestones", **common)
        factories.MilestoneTermFactory.create(line=fee, key="m1", amount=milestone)
        rent = factories.ContractLineFactory.create(key="rent", billing_method="instalments", **common)
        stated = tuple((f"i{place}", day(number), amount) for place, number in enumerate(due))
        for key, on, worth in stated:
            factories.InstalmentTermFactory.create(line=rent, key=key, due_on=on, amount=worth)
        split = ((self.accounts[0], 100 - second_share, True), (self.accounts[1], second_share, False))
        payers = [one for one in split if one[1]]
        for account, percent, rounding in payers:
            factories.PayerFactory.create(
                contract_version=version, billing_account=account, percent=percent, takes_rounding=rounding
            )
        shares = tuple((account.code, percent) for account, percent, _ in payers)
        self.oracle.versions.append(
            Fees(version.number, since, self.tick, milestone, stated, discount, shares, "P1")
        )

    def accept(self, on: date, percent: Decimal) -> None:
        """Sign a part of the milestone off, or what is left of it."""
        before = sum((part.percent for part in self.parts), Decimal(0))
        percent = min(percent, 100 - before)
        if not percent:
            return
        made = SignOff.objects.create(
            milestone=self.milestone,
            number=len(self.parts) + 1,
            decision="deemed",
            percent=percent,
            percent_before=before,
            progress_percent=100,
            how="deemed",
            signer="Nobody",
            signed_at=timezone.now(),
            signed_on=on,
        )
        self.parts.append(Part(str(made.pk), on, self.tick, before, percent))

    def price(self) -> Outcome:
        """Run the engine, looking to a day after all instalments."""
        return price(Scope(frozenset([self.contract.pk]), until=UNTIL), actor=PRICING)

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
        """Return what should be charged, by the oracle; a waived instalment at its first terms."""
        should: dict[tuple[str, str, str], Decimal] = {}
        for part in self.parts:
            should.update(self.oracle.part(part))
        for key in ("i0", "i1", "i2"):
            source = self._source(key)
            now = self.first_fixed.get(source, self.tick) if self.policy == "prospective" else self.tick
            should.update(self.oracle.instalment(key, source, now, UNTIL))
        return {name: amount for name, amount in should.items() if amount}

    def charged(self) -> dict[tuple[str, str, str], Decimal]:
        """Return what is charged, fixed and open together."""
        total: dict[tuple[str, str, str], Decimal] = {}
        for charge in Charge.objects.filter(contract=self.contract).select_related("billing_account"):
            name = (str(charge.source_id), charge.component, charge.billing_account.code)
            total[name] = total.get(name, Decimal(0)) + charge.amount
        return {name: amount for name, amount in total.items() if amount}

    def _source(self, key: str) -> str:
        text = f"instalment|{self.contract.pk}|rent|{key}"
        return str(uuid.UUID(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()))
