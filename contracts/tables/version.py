"""The version page: the terms, what they change, what they lack, and what may be done with them."""

from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from contracts.actions.readiness import shortcomings
from contracts.models import ContractLine, ContractVersion, ExpenseRule, Payer
from contracts.policies import SamePerson, check_second_person
from contracts.queries.comparison import Change, changes_between, expense_words, predecessor, with_terms
from contracts.queries.expenses import expense_rules_read
from contracts.states import VersionStatus
from core.models import User
from core.permissions import holds
from core.presentation import formats
from core.presentation.parts import Button, Check, Fact


@dataclass(frozen=True)
class VersionPage:
    """What the page draws; the version comes with lines and payers."""

    version: ContractVersion
    user: User

    @cached_property
    def siblings(self) -> list[ContractVersion]:
        """Return all versions of the contract with lines and payers."""
        versions = self.version.contract.versions.all()
        return list(with_terms(versions))

    @cached_property
    def before(self) -> ContractVersion | None:
        """Return the version whose terms this one changes."""
        return predecessor(self.version, self.siblings) if self.version.number > 1 else None

    @cached_property
    def changes(self) -> list[Change]:
        """Return what the version changes, nothing for the first one."""
        return changes_between(self.before, self.version) if self.before else []

    @property
    def lines(self) -> list[ContractLine]:
        return list(self.version.lines.all())

    @property
    def payers(self) -> list[Payer]:
        return list(self.version.payers.all())

    @property
    def expenses(self) -> list[tuple[ExpenseRule, str]]:
        """Return the expense rules with what they say."""
        currency = self.version.contract.currency_id
        return [(rule, expense_words(rule, currency)) for rule in expense_rules_read(self.version)]

    @property
    def facts(self) -> list[Fact]:
        """Return the facts of the version."""
        version = self.version
        facts = [
            Fact("In force from", formats.day(version.effective_from)),
            Fact("Term ends", formats.day(version.ends_on) if version.ends_on else "Open-ended"),
            *self._caps(),
            Fact("Reason", version.reason or "–"),
            Fact("Prepared by", str(version.prepared_by)),
        ]
        if version.approved_by and version.approved_at:
            facts.append(
                Fact("Approved by", str(version.approved_by), quiet=formats.moment(version.approved_at))
            )
        if version.content_sha256:
            facts.append(Fact("Sealed as", version.content_sha256[:12]))
        return facts

    def _caps(self) -> list[Fact]:
        amount, hours = self.version.cap_amount, self.version.cap_hours
        said = [
            "" if amount is None else formats.money(amount, self.version.contract.currency_id),
            "" if hours is None else formats.quantity(hours, "h"),
        ]
        words = ", ".join(text for text in said if text)
        return [Fact("Cap of the contract", words)] if words else []

    @cached_property
    def checks(self) -> list[Check]:
        """Return what an open version lacks, or that it lacks nothing."""
        if self.version.status not in {VersionStatus.DRAFT, VersionStatus.SUBMITTED}:
            return []
        found = [
            Check(one.sentence, "failed" if one.blocks else "warning") for one in shortcomings(self.version)
        ]
        return found or [Check("Everything that approval needs is there.")]

    @property
    def is_ready(self) -> bool:
        """Say whether nothing blocks approval."""
        return not any(check.result == "failed" for check in self.checks)

    @cached_property
    def buttons(self) -> list[Button]:
        """Return what the person may do with the version now, and why not where it cannot be done."""
        match self.version.status:
            case VersionStatus.DRAFT:
                return self._of_draft()
            case VersionStatus.SUBMITTED:
                return self._of_submitted()
        return []

    def _of_draft(self) -> list[Button]:
        if not self._may("contract.edit"):
            return []
        return [
            Button("Edit terms", self._href("contract_version_edit"), "edit"),
            self._decision("submit", "Submit for approval", "send", self._lacking()),
        ]

    def _of_submitted(self) -> list[Button]:
        mine = self.version.prepared_by_id == self.user.pk
        href = self._href("contract_version_decide", "reject")
        reject = Button("Withdraw" if mine else "Reject", href, "undo", dialog=True)
        if not self._may("contract.approve"):
            return [reject] if mine and self._may("contract.edit") else []
        return [reject, self._decision("approve", "Approve", "passed", self._why_not())]

    def _decision(self, kind: str, label: str, icon: str, reason: str) -> Button:
        href = self._href("contract_version_decide", kind)
        return Button(label, href, icon, primary=True, dialog=True, reason=reason)

    def _lacking(self) -> str:
        return "" if self.is_ready else "Complete what the checks name first."

    def _why_not(self) -> str:
        try:
            check_second_person(self.version, self.user)
        except SamePerson as refusal:
            return refusal.sentence
        return self._lacking()

    def _may(self, permission: str) -> bool:
        return holds(self.user, permission, self.version.contract.legal_entity_id)

    def _href(self, name: str, *more: str) -> str:
        return reverse(name, args=[self.version.contract.code, self.version.number, *more])
