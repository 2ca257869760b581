"""How far ceilings are used is kept, said at thresholds, and owned where they keep work from being billed."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal

from billing.events import CeilingNear
from billing.models import CeilingUse
from billing.pricing.engine import Ceiling
from contracts.models import Contract
from core.actors import Actor
from core.events import Happening, record_all
from core.exceptions import OPEN_STATES, Cause, close_exceptions, open_exception
from core.models import ExceptionItem

FLOW = "caps"
THRESHOLDS = (95, 80)
TITLES = {
    "over_cap": "Approved work is over the cap",
    "po_exceeded": "Approved work is over the purchase order",
}


def settle_ceilings(
    contract_ids: Collection[uuid.UUID], ceilings: Sequence[Ceiling], *, actor: Actor
) -> None:
    """Keep the use of every ceiling of the contracts; each threshold is announced once per ceiling.

    What is kept back is one exception per contract, or per purchase order, with its hours and money; it
    closes when nothing is over any more.
    """
    known = {_place(row): row for row in CeilingUse.objects.filter(contract_id__in=contract_ids)}
    if not known and not ceilings:
        return
    contracts = Contract.objects.select_related("customer").in_bulk(list(contract_ids))
    happenings = []
    for one in ceilings:
        use = known.pop(_place(one), None) or CeilingUse(
            contract_id=one.contract_id,
            level=one.level,
            line_key=one.line_key or "",
            billing_account_id=one.billing_account_id,
        )
        if _keep(use, one):
            happenings.append(_announcement(contracts[one.contract_id], use))
    CeilingUse.objects.filter(pk__in=[use.pk for use in known.values()]).delete()
    record_all(happenings)
    _settle_exceptions(contracts, ceilings, actor)


def _keep(use: CeilingUse, one: Ceiling) -> bool:
    """Store the use; say whether it passed a threshold that was not announced for this ceiling."""
    reached = next((percent for percent in THRESHOLDS if one.used * 100 >= one.ceiling * percent), 0)
    told = use.told_percent if use.ceiling == one.ceiling else 0
    values = {
        **{name: getattr(one, name) for name in ("ceiling", "used", "over_amount", "over_hours")},
        "told_percent": max(reached, told),
    }
    if use._state.adding or any(getattr(use, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(use, name, value)
        use.save()
    return reached > told


def _announcement(contract: Contract, use: CeilingUse) -> Happening:
    payload = CeilingNear(
        contract.code,
        use.get_level_display(),
        use.line_key,
        use.told_percent,
        use.ceiling,
        use.used,
        "" if use.in_hours else contract.currency_id,
    )
    return Happening("contracts.contract", contract.pk, payload, contract.legal_entity_id)


def _settle_exceptions(
    contracts: dict[uuid.UUID, Contract], ceilings: Sequence[Ceiling], actor: Actor
) -> None:
    over: dict[tuple[str, uuid.UUID, uuid.UUID | None], list[Ceiling]] = defaultdict(list)
    for one in ceilings:
        if one.over_amount:
            code = "po_exceeded" if one.level == CeilingUse.Level.ORDER else "over_cap"
            over[code, one.contract_id, one.billing_account_id].append(one)
    keys = set()
    for (code, contract_id, account), rows in over.items():
        key = f"{code}:{contract_id}" + (f":{account}" if account else "")
        keys.add(key)
        open_exception(_cause(code, key, contracts[contract_id], rows), actor=actor)
    open_items = ExceptionItem.objects.filter(flow=FLOW, contract_id__in=contracts, state__in=OPEN_STATES)
    gone = set(open_items.values_list("cause_key", flat=True)) - keys
    close_exceptions(gone, actor=actor, resolution="Nothing is over the ceiling any more.")


def _cause(code: str, key: str, contract: Contract, rows: Sequence[Ceiling]) -> Cause:
    return Cause(
        code=code,
        key=key,
        title=TITLES[code],
        object_type="contracts.contract",
        object_id=contract.pk,
        object_label=f"{contract.code} {contract.name}",
        subject_label=contract.customer.name,
        contract_id=contract.pk,
        legal_entity_id=contract.legal_entity_id,
        flow=FLOW,
        team="project_manager",
        money_at_risk=sum((row.over_amount for row in rows), Decimal(0)),
        quantity_at_risk=sum((row.over_hours for row in rows), Decimal(0)),
        currency=contract.currency_id,
        evidence={
            "ceilings": [
                {
                    "on": CeilingUse.Level(row.level).label,
                    "line": row.line_key or "",
                    "ceiling": str(row.ceiling),
                    "used": str(row.used),
                    "over": str(row.over_amount),
                }
                for row in rows
            ]
        },
    )


def _place(one: CeilingUse | Ceiling) -> "tuple[uuid.UUID, int, str, uuid.UUID | None]":
    return one.contract_id, one.level, one.line_key or "", one.billing_account_id
