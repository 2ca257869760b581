"""Steps that draft terms; `contracts.contracts` and `contracts.versions` are the verbs over them."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum

from contracts.actions.expense_rules import ExpenseTerms, expense_rules_of, write_expense_rules
from contracts.actions.terms import (
    CAPS,
    LineTerms,
    PayerTerms,
    lines_of,
    payers_of,
    write_lines,
    write_payers,
)
from contracts.events import VersionDrafted
from contracts.models import Contract, ContractVersion
from contracts.states import VersionStatus
from core.errors import Invalid, Refusal
from core.events import record
from core.models import User
from core.rows import check_fields


class VersionOpen(Refusal):
    """One set of new terms at a time: two drafts would not know of each other."""

    code = "version_open"


class AsBefore(Enum):
    """Stands for what the newest version says of the last day or of a cap; None would take it away."""

    AS_BEFORE = "as before"


AS_BEFORE = AsBefore.AS_BEFORE


def draft(
    contract: Contract,
    author: User,
    *,
    effective_from: date,
    ends_on: date | AsBefore | None,
    reason: str,
    lines: Sequence[LineTerms] | None,
    payers: Sequence[PayerTerms] | None,
    expenses: Sequence[ExpenseTerms] | None,
    **caps: Decimal | AsBefore | None,
) -> ContractVersion:
    """Add the next version of a locked contract; what is not given is copied from the newest one."""
    newest = contract.versions.order_by("-number").first()
    if newest and newest.status in {VersionStatus.DRAFT, VersionStatus.SUBMITTED}:
        raise VersionOpen(f"Version {newest.number} of {contract.code} is still open: finish it first.")
    if isinstance(ends_on, AsBefore):
        ends_on = newest.ends_on if newest else None
    check_term(effective_from, ends_on)
    version = ContractVersion(
        contract=contract,
        number=newest.number + 1 if newest else 1,
        effective_from=effective_from,
        ends_on=ends_on,
        reason=reason,
        prepared_by=author,
        **_caps(newest, caps),
    )
    check_fields(version)
    version.save(force_insert=True)
    write_lines(version, lines_of(newest) if lines is None and newest else lines or ())
    write_payers(version, payers_of(newest) if payers is None and newest else payers or ())
    write_expense_rules(version, expense_rules_of(newest) if expenses is None and newest else expenses or ())
    record(
        version,
        VersionDrafted(
            contract.pk, contract.code, version.number, effective_from, newest.number if newest else None
        ),
        legal_entity_id=contract.legal_entity_id,
        effective_on=effective_from,
    )
    return version


def _caps(
    newest: ContractVersion | None, given: Mapping[str, Decimal | AsBefore | None]
) -> dict[str, Decimal | None]:
    """Return the caps of the whole contract, as before where they are not given."""
    caps: dict[str, Decimal | None] = {}
    for name in CAPS:
        value = given.get(name, AS_BEFORE)
        before = getattr(newest, name) if newest else None
        caps[name] = before if isinstance(value, AsBefore) else value
    return caps


def check_term(effective_from: date, ends_on: date | None) -> None:
    """Refuse a term that ends before it begins."""
    if ends_on is not None and ends_on < effective_from:
        raise Invalid("The term ends before these terms take effect.", field="ends_on")
