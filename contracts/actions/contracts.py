"""Create contracts and move them through their life."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack

from contracts.actions.drafting import draft
from contracts.actions.expense_rules import ExpenseTerms
from contracts.actions.terms import LineTerms, PayerTerms
from contracts.events import (
    ContractChanged,
    ContractCreated,
)
from contracts.models import Contract
from contracts.policies import NEVER_ACTIVE, check_not_frozen, person
from core.actors import Actor
from core.errors import Invalid
from core.events import record
from core.permissions import require
from core.rows import check_fields, code_for, locked, save_changes
from core.verbs import verb

FROZEN = ("customer_id", "legal_entity_id", "currency_id")


class ContractFields(TypedDict, total=False):
    """What may be said about a contract beside its terms."""

    name: str
    kind: str
    parent_id: uuid.UUID | None
    customer_id: uuid.UUID
    legal_entity_id: uuid.UUID
    currency_id: str
    owner_id: uuid.UUID
    retroactivity: str


@verb
def create_contract(
    *,
    effective_from: date,
    actor: Actor,
    ends_on: date | None = None,
    lines: Sequence[LineTerms] = (),
    payers: Sequence[PayerTerms] = (),
    expenses: Sequence[ExpenseTerms] = (),
    cap_amount: Decimal | None = None,
    cap_hours: Decimal | None = None,
    code: str = "",
    reason: str = "",
    **fields: Unpack[ContractFields],
) -> Contract:
    """Draft a contract with its first version, under the given code or the next free one.

    The actor owns it unless `owner_id` says otherwise. Records contract.created and
    contract_version.drafted. Lines and payers may be incomplete: readiness is checked on submission.
    """
    author = person(actor)
    contract = Contract(
        code=code_for(Contract, code, prefix="C", sequence="contracts_contract_number"),
        **{"owner_id": author.pk, **fields},
    )
    check_fields(contract)
    require(actor, "contract.edit", contract.legal_entity_id)
    _check_parent(contract)
    contract.save(force_insert=True)
    record(
        contract,
        ContractCreated(contract.code, contract.kind, contract.customer_id, contract.currency_id),
        legal_entity_id=contract.legal_entity_id,
        effective_on=effective_from,
    )
    draft(
        contract,
        author,
        effective_from=effective_from,
        ends_on=ends_on,
        reason=reason,
        lines=lines,
        payers=payers,
        expenses=expenses,
        cap_amount=cap_amount,
        cap_hours=cap_hours,
    )
    return contract


@verb
def change_contract(
    contract_id: uuid.UUID,
    *,
    actor: Actor,
    expected_version: int | None = None,
    reason: str = "",
    **changes: Unpack[ContractFields],
) -> Contract:
    """Change facts that are no terms; customer, entity and currency only before the first activation.

    What happens to invoiced work on an amendment is changed, once active, only by those who approve terms.
    Records contract.changed with the names of the fields, or nothing where all agree.
    """
    contract = locked(Contract, contract_id, expected_version=expected_version)
    require(actor, "contract.edit", contract.legal_entity_id)
    given: Mapping[str, object] = changes
    differing = [name for name, value in given.items() if value != getattr(contract, name)]
    check_not_frozen(contract, [name for name in FROZEN if name in differing])
    if "retroactivity" in differing and contract.status not in NEVER_ACTIVE:
        require(actor, "contract.approve", contract.legal_entity_id)
    changed = save_changes(contract, given, check=_check_parent)
    if changed:
        require(actor, "contract.edit", contract.legal_entity_id)
        record(contract, ContractChanged(contract.code, changed), legal_entity_id=contract.legal_entity_id)
    return contract


def _check_parent(contract: Contract) -> None:
    """Refuse a parent that is no master agreement with the same customer."""
    parent = contract.parent
    if parent is None:
        return
    if parent.kind != Contract.Kind.MASTER or contract.kind == Contract.Kind.MASTER:
        raise Invalid(
            "Only a statement of work stands under a parent, and the parent is a master agreement.",
            field="parent",
        )
    if parent.customer_id != contract.customer_id:
        raise Invalid(f"{parent.code} is an agreement with another customer.", field="parent")
