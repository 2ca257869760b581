"""Terms as people and systems write them, and the steps that store, copy and seal them."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from decimal import Decimal

from django.core.serializers.json import DjangoJSONEncoder

from contracts.actions.expense_rules import expense_content
from contracts.actions.fixed_fees import (
    InstalmentTerms,
    MilestoneTerms,
    write_instalments,
    write_milestones,
)
from contracts.models import BillingAccount, ContractLine, ContractVersion, Payer, ServiceLine
from contracts.states import BillingMethod, IncrementRounding
from core.errors import Invalid
from core.rows import check_fields


@dataclass(frozen=True)
class LineTerms:
    """One line: `key` names it across versions, `service_line` is a code, `discount_percent` of 100.

    `amount` is the fixed fee of a line billed by milestones or instalments, in the contract's currency.
    `cap_amount` (net, same currency) and `cap_hours` are the most the line bills in all; None is no cap.
    """

    key: str
    name: str
    service_line: str
    billing_method: str = BillingMethod.TIME_AND_MATERIALS
    amount: Decimal | None = None
    increment: Decimal = Decimal("0.25")
    increment_rounding: str = IncrementRounding.NONE
    hours_per_day: Decimal = Decimal(8)
    discount_percent: Decimal = Decimal(0)
    milestones: Sequence[MilestoneTerms] = ()
    instalments: Sequence[InstalmentTerms] = ()
    cap_amount: Decimal | None = None
    cap_hours: Decimal | None = None

    @classmethod
    def of(cls, line: ContractLine) -> "LineTerms":
        """Read the terms of a stored line with its milestones and instalments."""
        values = {name: getattr(line, name) for name in LINE_FIELDS}
        return cls(
            **{**values, "service_line": line.service_line.code},
            milestones=tuple(MilestoneTerms.of(term) for term in line.milestones.all()),
            instalments=tuple(InstalmentTerms.of(term) for term in line.instalments.all()),
        )


# What of a line stands in its own row.
LINE_FIELDS = tuple(
    field.name for field in fields(LineTerms) if field.name not in {"milestones", "instalments"}
)
# What a version says of the whole contract's caps, and every ceiling terms may name.
CAPS = ("cap_amount", "cap_hours")
_CEILINGS = frozenset({*CAPS, "purchase_order_amount"})


@dataclass(frozen=True)
class PayerTerms:
    """Who pays how much of 100; `billing_account` is a code. One payer takes what rounding leaves.

    `purchase_order_amount` is the most the payer's order pays in all, net, in the contract's currency.
    """

    billing_account: str
    percent: Decimal = Decimal(100)
    takes_rounding: bool = False
    purchase_order: str = ""
    purchase_order_amount: Decimal | None = None

    @classmethod
    def of(cls, payer: Payer) -> "PayerTerms":
        """Read the share of a stored payer."""
        values = {field.name: getattr(payer, field.name) for field in fields(cls)}
        return cls(**{**values, "billing_account": payer.billing_account.code})


class DuplicateTerms(Invalid):
    """Two lines carry one key, or one billing account pays twice."""

    code = "duplicate_terms"


class UnknownCode(Invalid):
    """The code names nothing."""

    code = "unknown_code"


def lines_of(version: ContractVersion) -> list[LineTerms]:
    """Return the lines of a version in their order."""
    rows = version.lines.select_related("service_line").prefetch_related("milestones", "instalments")
    return [LineTerms.of(line) for line in rows]


def payers_of(version: ContractVersion) -> list[PayerTerms]:
    """Return the payers of a version by account."""
    payers = version.payers.select_related("billing_account").order_by("billing_account__code")
    return [PayerTerms.of(payer) for payer in payers]


def write_lines(version: ContractVersion, lines: Sequence[LineTerms]) -> None:
    """Make these the version's lines: keep the rows whose key stays, add new ones, drop the others."""
    _refuse_twice([line.key for line in lines], "The line key", "lines")
    services = {
        row.code: row for row in ServiceLine.objects.filter(code__in={line.service_line for line in lines})
    }
    standing = {row.key: row for row in version.lines.all()}
    for position, line in enumerate(lines, start=1):
        if line.service_line not in services:
            raise UnknownCode(
                f"There is no service line {line.service_line or 'without a code'}.", field="lines"
            )
        own = {name: getattr(line, name) for name in LINE_FIELDS}
        row = standing.get(line.key) or ContractLine(contract_version=version)
        _store(row, {**own, "service_line": services[line.service_line], "position": position})
        write_milestones(row, line.milestones, version.contract.currency_id)
        write_instalments(row, line.instalments, version.contract.currency_id)
    kept = [line.key for line in lines]
    version.lines.exclude(key__in=kept).delete()


def write_payers(version: ContractVersion, payers: Sequence[PayerTerms]) -> None:
    """Make these the version's payers; a single payer takes the rounding without being told so."""
    codes = [payer.billing_account for payer in payers]
    _refuse_twice(codes, "The billing account", "payers")
    if sum(payer.takes_rounding for payer in payers) > 1:
        raise DuplicateTerms("Only one payer can take what rounding leaves over.", field="payers")
    accounts = {row.code: row for row in BillingAccount.objects.filter(code__in=codes)}
    standing = {row.billing_account.code: row for row in version.payers.select_related("billing_account")}
    dropped = [row.pk for code, row in standing.items() if code not in codes]
    version.payers.filter(pk__in=dropped).delete()
    # Who no longer takes the rounding is written first: the table refuses two at once.
    for payer in sorted(payers, key=lambda share: share.takes_rounding):
        if payer.billing_account not in accounts:
            raise UnknownCode(
                f"There is no billing account {payer.billing_account or 'without a code'}.", field="payers"
            )
        values = {
            **asdict(payer),
            "billing_account": accounts[payer.billing_account],
            "takes_rounding": payer.takes_rounding or len(payers) == 1,
        }
        _store(standing.get(payer.billing_account) or Payer(contract_version=version), values)


def content_sha256(version: ContractVersion) -> str:
    """Return the hash of everything an approval is about: parties, currency, dates, caps, lines, payers."""
    contract = version.contract
    content = {
        "contract": contract.code,
        "customer": contract.customer_id,
        "legal_entity": contract.legal_entity_id,
        "currency": contract.currency_id,
        "retroactivity": contract.retroactivity,
        "effective_from": version.effective_from,
        "ends_on": version.ends_on,
        "lines": [_stated(asdict(line)) for line in lines_of(version)],
        "payers": [_stated(asdict(payer)) for payer in payers_of(version)],
        **_stated({name: getattr(version, name) for name in CAPS}),
        **expense_content(version),
    }
    return hashlib.sha256(json.dumps(content, cls=DjangoJSONEncoder, sort_keys=True).encode()).hexdigest()


def _stated(terms: dict[str, object]) -> dict[str, object]:
    """Return the terms without ceilings that are not agreed, so that earlier seals stay what they are."""
    return {name: value for name, value in terms.items() if value is not None or name not in _CEILINGS}


def _store(row: ContractLine | Payer, values: dict[str, object]) -> None:
    changed = [name for name, value in values.items() if row._state.adding or getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        check_fields(row)
        row.save(update_fields=None if row._state.adding else changed)


def _refuse_twice(names: list[str], what: str, field: str) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DuplicateTerms(f"{what} {twice[0] or '(empty)'} is given twice.", field=field)
