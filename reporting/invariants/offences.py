"""Rows that break an invariant, as things with an identity: the same offence has the same key every night."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from reporting.invariants import offenders

CODE = "invariant_violated"
MOST = 500
# What the leading column of a view names.
OBJECTS = {
    "charge_id": "billing.charge",
    "contract_id": "contracts.contract",
    "delivery_id": "integrations.delivery",
    "id": "billing.charge",
    "item_id": "core.exceptionitem",
    "milestone_id": "projects.milestone",
    "proposal_id": "billing.proposal",
    "reference_id": "integrations.externalreference",
    "run_id": "integrations.reconciliationrun",
}
# Columns that tell how an object offends, not which one it is.
CHANGING = frozenset({"astray", "fault", "proposal_status", "state", "status"})


@dataclass(frozen=True)
class Offence:
    """One object that breaks an invariant; `columns` is its row of the view, as text."""

    invariant: str
    identity: str
    object_type: str
    object_id: uuid.UUID
    contract_id: uuid.UUID | None
    columns: dict[str, str]

    @property
    def key(self) -> str:
        """Return the key of the exception."""
        return f"{prefix(self.invariant)}{uuid.uuid5(uuid.NAMESPACE_OID, self.identity)}"


def prefix(invariant: str) -> str:
    """Return what the keys of an invariant's exceptions begin with."""
    return f"invariant:{invariant}:"


def offences() -> dict[str, list[Offence]]:
    """Return up to 500 offences of each invariant that does not hold."""
    found = {}
    for name, rows in offenders(limit=MOST).items():
        by_key = {offence.key: offence for offence in (_offence(name, row) for row in rows)}
        found[name] = list(by_key.values())
    return found


def _offence(invariant: str, row: dict[str, Any]) -> Offence:
    named = {name: value for name, value in row.items() if _names(name, value)}
    pointed = {name: value for name, value in named.items() if isinstance(value, uuid.UUID)}
    column = next((name for name in pointed if name in OBJECTS), next(iter(pointed), ""))
    identity = "|".join(f"{name}={value}" for name, value in named.items())
    return Offence(
        invariant=invariant,
        identity=identity,
        object_type=OBJECTS.get(column, "reporting.invariant"),
        object_id=pointed.get(column) or uuid.uuid5(uuid.NAMESPACE_OID, f"{invariant}|{identity}"),
        contract_id=pointed.get("contract_id"),
        columns={name: str(value) for name, value in row.items() if value is not None},
    )


def _names(column: str, value: object) -> bool:
    is_day = isinstance(value, date) and not isinstance(value, datetime)
    return column not in CHANGING and (is_day or isinstance(value, (uuid.UUID, str)))
