"""The terms of fixed fees as people and systems write them, and the steps that store and copy them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal

from contracts.models import ContractLine, InstalmentTerm, MilestoneTerm
from core.errors import Invalid
from core.money import round_money, split_equally
from core.rows import check_fields


@dataclass(frozen=True)
class MilestoneTerms:
    """One milestone of a line: `key` names it across versions, `amount` is in the contract's currency.

    Without amounts the milestones are equal parts of the line's fee. `deemed_after_days` None: only an
    answer accepts.
    """

    key: str
    name: str
    amount: Decimal | None = None
    due_on: date | None = None
    required_percent: Decimal = Decimal(100)
    deemed_after_days: int | None = None

    @classmethod
    def of(cls, term: MilestoneTerm) -> "MilestoneTerms":
        """Read the terms of a stored milestone."""
        return cls(
            term.key, term.name, term.amount, term.due_on, term.required_percent, term.deemed_after_days
        )


@dataclass(frozen=True)
class InstalmentTerms:
    """One instalment of a line: its day, and its amount in the contract's currency."""

    key: str
    due_on: date
    amount: Decimal

    @classmethod
    def of(cls, term: InstalmentTerm) -> "InstalmentTerms":
        """Read the terms of a stored instalment."""
        return cls(term.key, term.due_on, term.amount)


class DuplicateTerm(Invalid):
    """Two milestones, or two instalments, of one line carry one key."""

    code = "duplicate_terms"


class AmountsUnclear(Invalid):
    """Some milestones say their amount and others do not, or nothing says what to share out."""

    code = "amounts_unclear"


def write_milestones(line: ContractLine, terms: Sequence[MilestoneTerms], currency: str) -> None:
    """Make these the line's milestones: keep the rows whose key stays, add new ones, drop the others."""
    _refuse_twice([term.key for term in terms], f"The milestone key of {line.name}", "milestones")
    standing = {row.key: row for row in line.milestones.all()}
    for position, term in enumerate(_with_amounts(line, terms, currency), start=1):
        _refuse_fractions(term.amount or Decimal(0), currency, term.name, "milestones")
        row = standing.get(term.key) or MilestoneTerm(line=line)
        _store(row, {**asdict(term), "position": position})
    line.milestones.exclude(key__in=[term.key for term in terms]).delete()


def write_instalments(line: ContractLine, terms: Sequence[InstalmentTerms], currency: str) -> None:
    """Make these the line's instalments, as for milestones."""
    _refuse_twice([term.key for term in terms], f"The instalment key of {line.name}", "instalments")
    standing = {row.key: row for row in line.instalments.all()}
    for position, term in enumerate(terms, start=1):
        _refuse_fractions(term.amount, currency, f"Instalment {term.key}", "instalments")
        row = standing.get(term.key) or InstalmentTerm(line=line)
        _store(row, {**asdict(term), "position": position})
    line.instalments.exclude(key__in=[term.key for term in terms]).delete()


def _with_amounts(
    line: ContractLine, terms: Sequence[MilestoneTerms], currency: str
) -> Sequence[MilestoneTerms]:
    """Return the terms with their amounts: equal parts where none is given, the last takes the remainder."""
    unsaid = [term for term in terms if term.amount is None]
    if not unsaid:
        return terms
    if len(unsaid) < len(terms):
        raise AmountsUnclear(
            f"Give the amount of every milestone of {line.name}, or of none: then they are equal parts.",
            field="milestones",
        )
    if line.amount is None:
        raise AmountsUnclear(
            f"Give the fee of {line.name}: its milestones without amounts are equal parts of it.",
            field="milestones",
        )
    parts = split_equally(line.amount, len(terms), currency=currency)
    return [replace(term, amount=part) for term, part in zip(terms, parts, strict=True)]


def _store(row: MilestoneTerm | InstalmentTerm, values: dict[str, object]) -> None:
    changed = [name for name, value in values.items() if row._state.adding or getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        check_fields(row)
        if row.amount < 0:
            raise Invalid(f"{row} has an amount below zero.", field="amount")
        row.save(update_fields=None if row._state.adding else changed)


def _refuse_fractions(amount: Decimal, currency: str, subject: str, field: str) -> None:
    if amount != round_money(amount, currency):
        raise Invalid(f"{subject}: {amount:f} has more decimals than {currency}.", field=field)


def _refuse_twice(names: list[str], what: str, field: str) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DuplicateTerm(f"{what} {twice[0] or '(empty)'} is given twice.", field=field)
