"""The register of deals, the page of one, and the deal a contract came from."""

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest
from django.urls import reverse

from contracts.deals.rules import titles
from contracts.deals.terms import DealTerms, owner_of, said_by, terms_of, title_of
from contracts.filters import DealFilter
from contracts.models import Contract, Deal, FieldConflict
from contracts.queries.deals import activity_of_deal, open_conflicts
from contracts.states import DealState
from core.models import User
from core.pages import person_of
from core.permissions import holds
from core.presentation.columns import Column
from core.presentation.panels import Panel
from core.presentation.parts import Activity, Button, Check, Fact
from core.presentation.register import Empty, Register
from core.presentation.table import Table
from core.queries.activity import feed

OPEN = (DealState.INCOMPLETE, DealState.READY)


def _missing(deal: Deal) -> str:
    blocking = [str(one["sentence"]) for one in deal.missing if one["blocks"]]
    more = f" (and {len(blocking) - 1} more)" if len(blocking) > 1 else ""
    return blocking[0] + more if blocking and deal.state in OPEN else ""


DEALS = Register(
    title="Deals",
    table=Table(
        columns=(
            Column(
                "name",
                "Deal",
                detail="code",
                sort="name",
                lead=True,
                link=lambda row: reverse("deal", args=[row.code]),
            ),
            Column("customer_name", "Customer", sort="customer_name"),
            Column("legal_entity", "Legal entity", read="legal_entity.name", sort="legal_entity__name"),
            Column("amount", "Amount", "money", currency="currency", sort="amount", total="amount"),
            Column("closed_on", "Won on", "day", sort="closed_on"),
            Column("state", "State", "state", subject="deal", sort="state"),
            Column("missing", "What is missing", read=_missing),
            Column(
                "contract",
                "Contract",
                "id",
                read="contract.code",
                link=lambda row: reverse("contract", args=[row.contract.code]) if row.contract else "",
            ),
        ),
        order="-closed_on",
        noun=("deal", "deals"),
        currency="currency",
        row_label="code",
    ),
    empty=Empty("No deals yet", "They arrive when the CRM closes an opportunity as won."),
    filterset=DealFilter,
)


@dataclass(frozen=True)
class Said:
    """A field as the deal says it, whose word that is, and what was filled in here."""

    label: str
    value: str
    owner: str
    filled_in: bool


@dataclass(frozen=True)
class Differing:
    """A field on which both sides differ."""

    conflict: FieldConflict
    label: str
    owner: str


@dataclass(frozen=True)
class DealPage:
    """What the page draws."""

    deal: Deal
    user: User

    @cached_property
    def terms(self) -> DealTerms:
        """Return what the deal says, completed."""
        return terms_of(self.deal.given, self.deal.completed)

    @property
    def may_edit(self) -> bool:
        """Say whether the person completes deals of this entity."""
        return holds(self.user, "deal.edit", self.deal.legal_entity_id)

    @property
    def checks(self) -> list[Check]:
        """Return every check of the last judgement: passed, or each sentence it found."""
        listed: list[Check] = []
        for title in titles():
            found = [one for one in self.deal.missing if one["check"] == title]
            listed += [Check(f"{title}: {one['sentence']}", _result(one["blocks"])) for one in found]
            listed += [] if found else [Check(title)]
        return listed

    @property
    def said(self) -> list[Said]:
        """Return every field the deal says, in the order of the terms."""
        said = {**said_by(self.terms), **self.deal.completed}
        return [
            Said(title_of(name, self.terms), text, owner_of(name), name in self.deal.completed)
            for name, text in said.items()
            if text
        ]

    @cached_property
    def conflicts(self) -> list[Differing]:
        """Return the fields somebody has to decide."""
        rows = open_conflicts(self.deal)
        return [Differing(row, title_of(row.field, self.terms), owner_of(row.field)) for row in rows]

    @property
    def facts(self) -> list[Fact]:
        """Return where the deal comes from and what became of it."""
        deal = self.deal
        facts = [
            Fact("Source", f"{deal.source} {deal.source_id}", quiet=f"version {deal.source_version}"),
            Fact("Customer", deal.customer_name or "Not said"),
            Fact("Legal entity", deal.legal_entity.name if deal.legal_entity else "Not known"),
        ]
        if deal.contract:
            facts.append(Fact("Contract", deal.contract.code, reverse("contract", args=[deal.contract.code])))
        return facts

    @property
    def buttons(self) -> list[Button]:
        """Return what may be done with the deal now."""
        deal = self.deal
        if not self.may_edit or deal.state not in OPEN:
            return []
        complete = Button("Complete", reverse("deal_complete", args=[deal.code]), "edit", dialog=True)
        lacking = deal.state == DealState.INCOMPLETE
        reason = "Something is missing: complete it first." if lacking else ""
        href = reverse("deal_draft", args=[deal.code])
        draft = Button("Draft contract", href, "contracts", not lacking, dialog=True, reason=reason)
        return [complete, draft]

    @property
    def activity(self) -> list[Activity]:
        """Return what happened to the deal, newest first."""
        return feed(activity_of_deal(self.deal), limit=20)


def of_contract(request: HttpRequest, contract: Contract) -> Panel | None:
    """Show on a contract which deal it came from."""
    deal: Deal | None = getattr(contract, "deal", None)
    if deal is None or not holds(person_of(request), "deal.view", contract.legal_entity_id):
        return None
    fact = Fact(deal.code, deal.name, reverse("deal", args=[deal.code]))
    return Panel("contracts/from_deal.html", [fact])


def _result(blocks: bool) -> str:
    return "failed" if blocks else "warning"
