"""What two sets of terms have in common and where they differ, in words."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from contracts.models import ContractLine, ContractVersion, ExpenseRule, Payer
from contracts.queries.expenses import expense_rules_read, with_expense_rules
from contracts.states import VersionStatus
from core.presentation import formats
from core.presentation.vocabulary import word


@dataclass(frozen=True)
class Change:
    """One difference: of what, from what, to what; an empty side is a side that is not there."""

    subject: str
    before: str
    after: str


def with_terms(versions: QuerySet[ContractVersion]) -> QuerySet[ContractVersion]:
    """Read versions with their contract, lines, payers and expense rules, and what these name."""
    return with_expense_rules(versions.select_related("contract")).prefetch_related(
        Prefetch("lines", ContractLine.objects.select_related("service_line").order_by("position", "key")),
        "lines__milestones",
        "lines__instalments",
        Prefetch("payers", Payer.objects.select_related("billing_account").order_by("billing_account__code")),
    )


def predecessor(version: ContractVersion, versions: list[ContractVersion]) -> ContractVersion | None:
    """Return the version whose terms this one changes: the newest approved one before it."""
    settled = {VersionStatus.APPROVED, VersionStatus.SUPERSEDED}
    earlier = [one for one in versions if one.number < version.number and one.status in settled]
    return max(earlier, key=lambda one: one.number, default=None)


def changes_between(before: ContractVersion | None, after: ContractVersion) -> list[Change]:
    """Return every difference of dates, lines, payers and expense rules; all of these loaded."""
    old = _facts(before) if before else {}
    new = _facts(after)
    subjects = [*old, *(subject for subject in new if subject not in old)]
    return [
        Change(subject, old.get(subject, ""), new.get(subject, ""))
        for subject in subjects
        if old.get(subject, "") != new.get(subject, "")
    ]


def _facts(version: ContractVersion) -> dict[str, str]:
    facts = {
        "Term ends": _day(version.ends_on),
        "Cap of the contract": _ceiling(version.cap_amount),
        "Cap of the contract, hours": _ceiling(version.cap_hours),
    }
    for line in version.lines.all():
        facts |= {f"{line.name} ({line.key}): {name}": text for name, text in _line_facts(line).items()}
        facts |= {f"{line.name}, {part}": text for part, text in _part_facts(line).items()}
    for payer in version.payers.all():
        facts |= {f"{payer.billing_account}: {name}": text for name, text in _payer_facts(payer).items()}
    for rule in expense_rules_read(version):
        facts[f"Expenses, {rule.category or 'every category'} on {rule.line_key or 'every line'}"] = (
            expense_words(rule, version.contract.currency_id)
        )
    return facts


def _line_facts(line: ContractLine) -> dict[str, str]:
    return {
        "service line": line.service_line.name,
        "billing method": word(line.billing_method).text,
        "fee": "" if line.amount is None else _number(line.amount),
        "increment": f"{_number(line.increment)} h, {line.increment_rounding}",
        "hours per day": _number(line.hours_per_day),
        "discount": f"{_number(line.discount_percent)} %",
        "cap": _ceiling(line.cap_amount),
        "cap, hours": _ceiling(line.cap_hours),
    }


def _part_facts(line: ContractLine) -> dict[str, str]:
    """Return the milestones and instalments of a line, each in one sentence."""
    facts = {}
    for term in line.milestones.all():
        due = f", due {formats.day(term.due_on)}" if term.due_on else ""
        deemed = (
            f", accepted {term.deemed_after_days} days after completion without an answer"
            if term.deemed_after_days
            else ""
        )
        required = f", from {_number(term.required_percent)} % of progress"
        facts[f"milestone {term.key}"] = f"{term.name}: {_number(term.amount)}{due}{required}{deemed}"
    for part in line.instalments.all():
        facts[f"instalment {part.key}"] = f"{_number(part.amount)}, due {formats.day(part.due_on)}"
    return facts


def _payer_facts(payer: Payer) -> dict[str, str]:
    return {
        "share": f"{_number(payer.percent)} %",
        "takes rounding": "yes" if payer.takes_rounding else "no",
        "purchase order": payer.purchase_order or "none",
        "purchase order amount": _ceiling(payer.purchase_order_amount),
    }


def expense_words(rule: ExpenseRule, currency: str) -> str:
    """Return in words how expenses under a rule are billed, with amounts in the contract's currency."""
    if not rule.billed:
        return "not billed"
    unit = rule.category.unit if rule.category else ""
    if rule.unit_price is not None:
        said = f"{_number(rule.unit_price)} {currency} per {unit or 'unit'}"
    else:
        said = f"at cost plus {_number(rule.markup_percent)} %" if rule.markup_percent else "at cost"
    return said if rule.ceiling is None else f"{said}, at most {formats.money(rule.ceiling, currency)} each"


def _ceiling(value: Decimal | None) -> str:
    return "" if value is None else _number(value)


def _number(value: Decimal) -> str:
    return formats.number(value)


def _day(value: date | None) -> str:
    return formats.day(value) if value else "open-ended"
