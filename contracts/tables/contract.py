"""The contract page: facts, the timeline of its versions, the terms of a day, what happened."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.safestring import SafeString

from contracts.models import Contract, ContractLine, ContractVersion, ExpenseRule, Payer
from contracts.policies import OPEN_TO_TERMS
from contracts.queries import activity_of, cards_for, timeline, visible_rate_cards
from contracts.queries.comparison import expense_words
from contracts.queries.expenses import expense_rules_read, with_expense_rules
from contracts.states import CONTRACT, BillingMethod, ContractStatus, VersionStatus
from contracts.tables.bars import fitting, ticks
from core.models import User
from core.permissions import holds
from core.presentation import charts, formats
from core.presentation.parts import Activity, Button, Fact
from core.presentation.vocabulary import word
from core.queries.activity import feed

ONE_DAY = timedelta(days=1)
AHEAD = timedelta(days=90)
OPEN = (VersionStatus.DRAFT, VersionStatus.SUBMITTED)
MOVES = (
    ("hold", "Hold", "hold", ContractStatus.ON_HOLD),
    ("resume", "Resume", "runs", ContractStatus.ACTIVE),
    ("complete", "Complete", "passed", ContractStatus.COMPLETED),
    ("terminate", "Terminate", "discard", ContractStatus.TERMINATED),
    ("cancel", "Cancel contract", "discard", ContractStatus.CANCELLED),
)


@dataclass(frozen=True)
class ContractPage:
    """What the page draws, read as of `on`."""

    contract: Contract
    on: date
    today: date
    user: User

    @cached_property
    def versions(self) -> list[ContractVersion]:
        """Return all versions, newest first."""
        versions = self.contract.versions.select_related("prepared_by", "approved_by").order_by("-number")
        return list(with_expense_rules(versions))

    @cached_property
    def shown(self) -> ContractVersion | None:
        """Return the version in force on the day."""
        begun = [one for one in self.versions if one.status == "approved" and one.effective_from <= self.on]
        return max(begun, key=lambda one: one.number, default=None)

    @cached_property
    def open_version(self) -> ContractVersion | None:
        """Return the draft or submitted version, if any."""
        return next((one for one in self.versions if one.status in OPEN), None)

    @cached_property
    def terms(self) -> ContractVersion | None:
        """Return whose lines and payers are shown: those in force, before that those being drafted."""
        return self.shown or (self.open_version if self.contract.status in {"draft", "in_review"} else None)

    @cached_property
    def lines(self) -> list[ContractLine]:
        if self.terms is None:
            return []
        lines = list(self.terms.lines.select_related("service_line"))
        # Only fixed fees have parts; the page asks no other line for them.
        fees = [line for line in lines if line.billing_method != BillingMethod.TIME_AND_MATERIALS]
        prefetch_related_objects(fees, "milestones", "instalments")
        return lines

    @cached_property
    def payers(self) -> list[Payer]:
        return list(self.terms.payers.select_related("billing_account")) if self.terms else []

    @cached_property
    def expenses(self) -> list[tuple[ExpenseRule, str]]:
        """Return the expense rules with what they say."""
        rules = expense_rules_read(self.terms) if self.terms else ()
        return [(rule, expense_words(rule, self.contract.currency_id)) for rule in rules]

    @property
    def facts(self) -> list[Fact]:
        """Return the facts that are no terms."""
        contract = self.contract
        facts = [
            Fact("Customer", contract.customer.name, reverse("customer", args=[contract.customer.code])),
            Fact("Legal entity", contract.legal_entity.name),
            Fact("Currency", contract.currency_id),
            Fact("Kind", word(contract.kind).text),
            Fact("Owner", str(contract.owner)),
            Fact("Amendments of invoiced work", word(contract.retroactivity).text),
        ]
        if contract.parent:
            facts.append(
                Fact("Under", str(contract.parent), reverse("contract", args=[contract.parent.code]))
            )
        if self.terms and self.terms.ends_on:
            facts.append(Fact("Term ends", formats.day(self.terms.ends_on)))
        return facts

    @property
    def chart(self) -> SafeString | None:
        """Draw which version is in force when, with the draft that would take over."""
        spans = [
            charts.Stretch("solid", one.starts_on, self._end(one.ends_on), f"v{one.version.number}")
            for one in timeline(self.versions)
        ]
        if self.open_version:
            start = self.open_version.effective_from
            spans.append(
                charts.Stretch("draft", start, self._end(None), f"v{self.open_version.number} draft")
            )
        if not spans:
            return None
        begins = ticks(spans, [span.start for span in spans])
        return charts.gap_bar(fitting(spans), self._sentence(), ticks=begins)

    def _end(self, last: date | None) -> date:
        """Return the end of a stretch; open-ended ones run a while beyond everything known."""
        if last:
            return _after(last, ONE_DAY)
        return _after(max([self.today, self.on, *(one.effective_from for one in self.versions)]), AHEAD)

    def _sentence(self) -> str:
        parts = [
            f"Version {one.version.number} from {formats.day(one.starts_on)}"
            + (f" to {formats.day(one.ends_on)}" if one.ends_on else " on")
            for one in timeline(self.versions)
        ]
        return ", ".join(parts) + "." if parts else "No version is approved yet."

    @cached_property
    def buttons(self) -> list[Button]:
        """Return what the person may do with the contract now."""
        contract = self.contract
        if not holds(self.user, "contract.edit", contract.legal_entity_id):
            return []
        code = contract.code
        buttons = [Button("Edit", reverse("contract_edit", args=[code]), "edit")]
        for kind, label, icon, target in MOVES:
            if target in CONTRACT.moves.get(contract.status, ()) and self._sensible(kind):
                href = reverse("contract_move", args=[code, kind])
                buttons.append(Button(label, href, icon, dialog=True))
        if self.open_version is None and contract.status in OPEN_TO_TERMS:
            href = reverse("contract_amend", args=[code])
            buttons.append(Button("Amend", href, "add", primary=True, dialog=True))
        return buttons

    def _sensible(self, kind: str) -> bool:
        """A contract in review becomes active by the approval of its terms, not by a button."""
        return kind != "resume" or self.contract.status == ContractStatus.ON_HOLD

    @cached_property
    def rate_cards(self) -> list[Fact]:
        """Return the cards searched for its prices that the person may open."""
        cards = visible_rate_cards(self.user).filter(pk__in=cards_for(self.contract).values("pk"))
        return [Fact(card.code, card.name, reverse("rate_card", args=[card.code])) for card in cards]

    @cached_property
    def activity(self) -> list[Activity]:
        """Return what happened to the contract and its versions, newest first."""
        return feed(activity_of(self.contract, [one.pk for one in self.versions]), limit=20)


def _after(day: date, span: timedelta) -> date:
    return day + min(span, date.max - day)
