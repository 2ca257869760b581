"""Draft, submit, approve and reject the terms of a contract."""

import uuid
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack

from django.utils import timezone

from contracts.actions.drafting import AS_BEFORE, AsBefore, check_term, draft
from contracts.actions.enforcing import (
    activate_or_amend,
    label_of,
    locked_version,
    overridden_by,
    put_in_force,
    record_version,
    supersede,
)
from contracts.actions.expense_rules import ExpenseTerms, write_expense_rules
from contracts.actions.lifecycle import ReasonRequired
from contracts.actions.readiness import check_ready
from contracts.actions.terms import LineTerms, PayerTerms, content_sha256, write_lines, write_payers
from contracts.events import (
    VersionChanged,
    VersionRejected,
    VersionSubmitted,
)
from contracts.models import Contract, ContractVersion
from contracts.policies import check_draft, check_second_person, check_takes_terms, person
from contracts.states import VERSION, ContractStatus, VersionStatus
from core.actors import Actor
from core.errors import Refusal
from core.permissions import require
from core.rows import locked, save_changes
from core.verbs import verb


class TermFields(TypedDict, total=False):
    """Dates, reason and caps of a version; caps are of the whole contract, net or in hours."""

    effective_from: date
    ends_on: date | None
    reason: str
    cap_amount: Decimal | None
    cap_hours: Decimal | None


class TermsChanged(Refusal):
    """What is to be approved is not what was put forward."""

    code = "terms_changed"


@verb
def draft_version(
    contract_id: uuid.UUID,
    *,
    effective_from: date,
    actor: Actor,
    ends_on: date | AsBefore | None = AS_BEFORE,
    lines: Sequence[LineTerms] | None = None,
    payers: Sequence[PayerTerms] | None = None,
    expenses: Sequence[ExpenseTerms] | None = None,
    cap_amount: Decimal | AsBefore | None = AS_BEFORE,
    cap_hours: Decimal | AsBefore | None = AS_BEFORE,
    reason: str = "",
) -> ContractVersion:
    """Draft the next terms of a contract, from any date on, also in the past.

    Last day, caps, lines, payers and expense rules that are not given are copied from the newest version.
    Refuses a second open version. Records contract_version.drafted.
    """
    contract = locked(Contract, contract_id)
    require(actor, "contract.edit", contract.legal_entity_id)
    check_takes_terms(contract)
    return draft(
        contract,
        person(actor),
        effective_from=effective_from,
        ends_on=ends_on,
        reason=reason,
        lines=lines,
        payers=payers,
        expenses=expenses,
        cap_amount=cap_amount,
        cap_hours=cap_hours,
    )


@verb
def edit_version(
    version_id: uuid.UUID,
    *,
    actor: Actor,
    lines: Sequence[LineTerms] | None = None,
    payers: Sequence[PayerTerms] | None = None,
    expenses: Sequence[ExpenseTerms] | None = None,
    expected_version: int | None = None,
    **changes: Unpack[TermFields],
) -> ContractVersion:
    """Replace what is given of a draft: dates, reason, caps, all its lines, payers or expense rules.

    Whoever had a hand in a draft cannot approve it. Records contract_version.changed.
    """
    contract, version = locked_version(version_id, expected_version)
    require(actor, "contract.edit", contract.legal_entity_id)
    check_draft(version, contract)
    person(actor)
    save_changes(version, changes)
    check_term(version.effective_from, version.ends_on)
    if lines is not None:
        write_lines(version, lines)
    if payers is not None:
        write_payers(version, payers)
    if expenses is not None:
        write_expense_rules(version, expenses)
    # Lines and payers are part of the version: its own row moves on with them, against lost edits.
    ContractVersion.objects.filter(pk=version.pk).update(content_sha256="")
    version.refresh_from_db()
    record_version(
        version, VersionChanged(contract.pk, contract.code, version.number, version.effective_from)
    )
    return version


@verb
def submit_version(version_id: uuid.UUID, *, actor: Actor, reason: str = "") -> ContractVersion:
    """Put a draft forward for approval once it is ready; the terms are sealed by their hash.

    Refuses with every shortcoming at once (contracts.actions.readiness). A new contract goes into
    review. Records contract_version.submitted.
    """
    contract, version = locked_version(version_id)
    require(actor, "contract.edit", contract.legal_entity_id)
    if version.status == VersionStatus.SUBMITTED:
        return version
    VERSION.check(version.status, VersionStatus.SUBMITTED, label=label_of(version))
    check_takes_terms(contract)
    check_ready(version)
    sealed = content_sha256(version)
    save_changes(
        version,
        {"status": VersionStatus.SUBMITTED, "submitted_at": timezone.now(), "content_sha256": sealed},
    )
    if contract.status == ContractStatus.DRAFT:
        save_changes(contract, {"status": ContractStatus.IN_REVIEW})
    record_version(
        version, VersionSubmitted(contract.pk, contract.code, version.number, version.effective_from, sealed)
    )
    return version


@verb
def approve_version(version_id: uuid.UUID, *, actor: Actor, reason: str = "") -> ContractVersion:
    """Put the submitted terms in force from their date on; the first ones activate the contract.

    Refuses the preparer, terms that differ from the sealed ones, and terms that are no longer ready.
    Earlier versions that are in force on no day any more become superseded. Records
    contract_version.approved with the versions it overrides, and contract.activated or contract.amended.
    """
    contract, version = locked_version(version_id)
    require(actor, "contract.approve", contract.legal_entity_id)
    if version.status == VersionStatus.APPROVED:
        return version
    VERSION.check(version.status, VersionStatus.APPROVED, label=label_of(version))
    check_takes_terms(contract)
    approver = person(actor)
    check_second_person(version, approver)
    if content_sha256(version) != version.content_sha256:
        raise TermsChanged(
            "The terms are not the ones that were submitted: reject the version and draft it again."
        )
    check_ready(version)
    overridden = overridden_by(version)
    supersede(version, [other for other in overridden if other.effective_from >= version.effective_from])
    put_in_force(version, approver, overridden)
    activate_or_amend(contract, version)
    return version


@verb
def reject_version(version_id: uuid.UUID, *, reason: str, actor: Actor) -> ContractVersion:
    """Send submitted terms back with a reason; the preparer may withdraw them the same way.

    A contract that was never active goes back to draft. Records contract_version.rejected.
    """
    contract, version = locked_version(version_id)
    withdrawn = version.prepared_by_id == actor.user_id
    require(actor, "contract.edit" if withdrawn else "contract.approve", contract.legal_entity_id)
    if version.status == VersionStatus.REJECTED:
        return version
    VERSION.check(version.status, VersionStatus.REJECTED, label=label_of(version))
    if not reason.strip():
        raise ReasonRequired("Say why, so that the preparer knows what to change.", field="reason")
    save_changes(version, {"status": VersionStatus.REJECTED})
    if contract.status == ContractStatus.IN_REVIEW:
        save_changes(contract, {"status": ContractStatus.DRAFT})
    record_version(
        version, VersionRejected(contract.pk, contract.code, version.number, version.effective_from)
    )
    return version
