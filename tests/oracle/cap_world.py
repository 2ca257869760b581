"""Stories of work under caps: the world of prices and amendments, with ceilings that change."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contracts.models import ContractLine, ContractVersion, Payer
from tests.oracle.caps import Claim, limit_amount, limit_hours, within
from tests.oracle.pricing import Terms, Work, split
from tests.oracle.world import World


@dataclass(frozen=True)
class Ceilings:
    """What the version in force today allows: of the line, of the contract, of the second payer's order."""

    line: Decimal | None = None
    line_hours: Decimal | None = None
    contract: Decimal | None = None
    contract_hours: Decimal | None = None
    order: Decimal | None = None


class CapWorld(World):
    """One contract whose versions have caps; the newest version is in force today."""

    def __init__(self, policy: str) -> None:
        self.ceilings = Ceilings()
        self.kept: dict[tuple[str, ...], tuple[Decimal, Decimal]] = {}
        super().__init__(policy)

    def cap(self, ceilings: Ceilings) -> None:
        """Agree other ceilings in the newest version."""
        self.ceilings = ceilings
        version = ContractVersion.objects.filter(contract=self.agreement.contract).order_by("-number").first()
        assert version
        ContractVersion.objects.filter(pk=version.pk).update(
            cap_amount=ceilings.contract, cap_hours=ceilings.contract_hours
        )
        ContractLine.objects.filter(contract_version=version).update(
            cap_amount=ceilings.line, cap_hours=ceilings.line_hours
        )
        Payer.objects.filter(contract_version=version, billing_account__code="P1").update(
            purchase_order="PO-1", purchase_order_amount=ceilings.order
        )

    def amend(
        self, since: date, discount: Decimal, increment: Decimal | None, second_share: Decimal | None
    ) -> None:
        """Approve a further version under the same ceilings."""
        super().amend(since, discount, increment, second_share)
        self.cap(self.ceilings)

    def invoice(self) -> None:
        """Post everything open and remember the room it took."""
        before = self._granted()
        super().invoice()
        self.kept = before

    def expected(self) -> dict[tuple[str, str, str], Decimal]:
        """Return what should be charged: what is within every ceiling, and what is over one."""
        return {key: amount for key, amount in self._shares()[0].items() if amount}

    def _granted(self) -> dict[tuple[str, ...], tuple[Decimal, Decimal]]:
        return self._shares()[1]

    def _shares(
        self,
    ) -> tuple[dict[tuple[str, str, str], Decimal], dict[tuple[str, ...], tuple[Decimal, Decimal]]]:
        prospective = self.policy == "prospective"
        facts = {root: self._priced(root) for root in self.live}
        claims = [
            Claim((root,), work.day, sum(amounts.values(), Decimal(0)), hours, *self._of((root,)))
            for root, (work, _, amounts, hours) in facts.items()
        ]
        for hours, amount in (
            (self.ceilings.line_hours, self.ceilings.line),
            (self.ceilings.contract_hours, self.ceilings.contract),
        ):
            limit_hours(claims, hours, prospective=prospective)
            limit_amount(claims, amount, prospective=prospective)
        shares: dict[tuple[str, str, str], Decimal] = {}
        orders: list[tuple[Claim, dict[str, Decimal]]] = []
        for claim in claims:
            root = claim.key[0]
            work, terms, amounts, _ = facts[root]
            parts = within(amounts, claim.net, claim.granted)
            over = {"over_cap": claim.net - claim.granted}
            paid: dict[str, dict[str, Decimal]] = {}
            for component, total in {**parts, **over}.items():
                for payer, amount in split(total, terms).items():
                    paid.setdefault(payer, {})[component] = amount
            for payer, by_component in paid.items():
                mine = {name: value for name, value in by_component.items() if name != "over_cap"}
                shares[root, "over_cap", payer] = by_component["over_cap"]
                net = sum(mine.values(), Decimal(0))
                key = (root, payer)
                orders.append((Claim(key, work.day, net, Decimal(0), *self._of(key)), mine))
        limited = [claim for claim, _ in orders if claim.key[1] == "P1"]
        limit_amount(limited, self.ceilings.order, prospective=prospective)
        kept: dict[tuple[str, ...], tuple[Decimal, Decimal]] = {}
        for claim, mine in orders:
            root, payer = claim.key
            shares |= {(root, name, payer): v for name, v in within(mine, claim.net, claim.granted).items()}
            shares[root, "over_order", payer] = claim.net - claim.granted
            kept[claim.key] = (claim.granted, Decimal(0))
            net, hours = kept.get((root,), (Decimal(0), Decimal(0)))
            kept[(root,)] = (net + claim.granted, hours)
        for claim in claims:
            kept[claim.key] = (kept[claim.key][0], claim.granted_hours)
        return shares, kept

    def _of(self, key: tuple[str, ...]) -> tuple[Decimal, Decimal]:
        return self.kept.get(key, (Decimal(0), Decimal(0)))

    def _priced(self, root: str) -> tuple[Work, Terms, dict[str, Decimal], Decimal]:
        now = self.first_fixed.get(root, self.tick) if self.policy == "prospective" else self.tick
        work = self._fact(root, self.live[root])
        terms, shares = self.oracle.terms(work.day, now), self.oracle.shares(work, now)
        assert terms and shares is not None
        amounts: dict[str, Decimal] = {}
        for (_, component, _), amount in shares.items():
            amounts[component] = amounts.get(component, Decimal(0)) + amount
        hours = self.oracle.billed_hours(work, terms)
        return work, terms, amounts, hours
