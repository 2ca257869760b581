"""Turn the differences of a comparison into breaks. Steps: they need an open transaction and open none."""

import uuid
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.db.models import Q
from django.utils import timezone

from billing.models import ErpDocument, Proposal
from core.actors import Actor
from core.events import Happening, record_all
from core.exceptions import OPEN_STATES, Cause, close_exceptions, open_exception
from core.models import ExceptionItem
from integrations.actions.steps.differences import cause_key
from integrations.events import BreakAccepted, BreakOpened, BreakResolved
from integrations.matching.invoices import Difference
from integrations.matching.sentences import money_at_risk, title_of
from integrations.models import Break, Delivery, ReconciliationRun, System
from integrations.states import BREAK, BreakKind, BreakState

LIVE = (BreakState.OPEN, BreakState.PROPOSED, BreakState.EXPLAINED)
_FACTS = (
    "kind",
    "proposal_id",
    "erp_document_id",
    "currency",
    "ours",
    "theirs",
    "difference",
    "tax_difference",
)


def apply_differences(run: ReconciliationRun, differences: list[Difference], *, actor: Actor) -> None:
    """Open breaks for new differences, update changed ones, close those that vanished.

    A changed difference is open again whatever was said about it before. Amounts within the system's
    tolerance are accepted by rule. Everything that stays open carries an exception.
    """
    live = {
        row.key: row
        for row in Break.objects.select_for_update(no_key=True).filter(
            system=run.system_id, legal_entity=run.legal_entity_id, month=run.month, state__in=LIVE
        )
    }
    found = {difference.key: difference for difference in differences}
    _close([row for key, row in live.items() if key not in found], actor)
    for key, difference in found.items():
        row = live.get(key)
        if row is None or _differs(row, difference):
            row = _write(row, run, difference, actor)
        if row.state in {BreakState.OPEN, BreakState.PROPOSED}:
            _open_exception(row, difference, run.system, actor)


def about(row: Break) -> dict[str, Any]:
    """Return what every event of a break says first."""
    return {
        "key": row.key,
        "kind": row.kind,
        "month": row.month,
        "currency": row.currency,
        "difference": row.difference,
        "tax_difference": row.tax_difference,
    }


def exception_key(row: Break) -> str:
    """Return the key of the break's exception."""
    return cause_key(row.system.code, row.month, row.key)


def _differs(row: Break, difference: Difference) -> bool:
    return any(getattr(row, name) != getattr(difference, name) for name in _FACTS)


def _write(row: Break | None, run: ReconciliationRun, difference: Difference, actor: Actor) -> Break:
    tolerated = _within_tolerance(difference, run.system)
    facts = {name: value for name, value in asdict(difference).items() if name in _FACTS}
    decision = {
        "state": BreakState.EXPLAINED if tolerated else BreakState.OPEN,
        "explanation": f"Within the tolerance of {run.system.tolerance.normalize():f}." if tolerated else "",
        "proposed_by": None,
        "accepted_by": None,
        "accepted_at": timezone.now() if tolerated else None,
    }
    if row is None:
        row = Break(
            system=run.system, legal_entity=run.legal_entity, month=run.month, key=difference.key, run=run
        )
    for name, value in {**facts, **decision, "run": run}.items():
        setattr(row, name, value)
    row.save()
    payload = (
        BreakAccepted(**about(row), explanation=row.explanation) if tolerated else BreakOpened(**about(row))
    )
    record_all([Happening("integrations.break", row.pk, payload, row.legal_entity_id)])
    if tolerated:
        close_exceptions([exception_key(row)], actor=actor, resolution=row.explanation)
    return row


def _within_tolerance(difference: Difference, system: System) -> bool:
    gap = max(abs(difference.difference), abs(difference.tax_difference))
    return difference.kind == BreakKind.AMOUNT and gap <= system.tolerance


def _close(rows: Iterable[Break], actor: Actor) -> None:
    rows = list(rows)
    for row in rows:
        BREAK.check(row.state, BreakState.MATCHED)
    Break.objects.filter(pk__in=[row.pk for row in rows]).update(state=BreakState.MATCHED)
    close_exceptions([exception_key(row) for row in rows], actor=actor, resolution="Both sides agree now.")
    record_all(
        Happening("integrations.break", row.pk, BreakResolved(**about(row)), row.legal_entity_id)
        for row in rows
    )


def _open_exception(row: Break, difference: Difference, system: System, actor: Actor) -> None:
    """Give the break its exception; a document whose message already has one is not counted twice."""
    known = _of_the_message(row.proposal_id) if row.kind == BreakKind.MISSING_THERE else None
    if known:
        close_exceptions([exception_key(row)], actor=actor, resolution=f"Stands in {known.number} already.")
    item = known or _own_exception(row, difference, system, actor)
    if row.exception_id != item.pk:
        Break.objects.filter(pk=row.pk).update(exception=item)


def _of_the_message(proposal_id: uuid.UUID | None) -> ExceptionItem | None:
    if proposal_id is None:
        return None
    messages = Delivery.objects.filter(aggregate_type="billing.proposal", aggregate_id=proposal_id)
    keys = [f"delivery:{pk}:" for pk in messages.values_list("pk", flat=True)]
    wanted = Q(pk__in=[])
    for key in keys:
        wanted |= Q(cause_key__startswith=key)
    return ExceptionItem.objects.filter(wanted, state__in=OPEN_STATES).first()


def _own_exception(row: Break, difference: Difference, system: System, actor: Actor) -> ExceptionItem:
    proposal = (
        Proposal.objects.select_related("billing_account").get(pk=row.proposal_id)
        if row.proposal_id
        else None
    )
    document = ErpDocument.objects.get(pk=row.erp_document_id) if row.erp_document_id else None
    ours, theirs = (proposal.number if proposal else "", document.number if document else "")
    party = proposal.billing_account.name if proposal else document.customer_name if document else ""
    contract = difference.contract_id or (proposal.contract_id if proposal else None)
    return open_exception(
        Cause(
            code="break_open",
            key=exception_key(row),
            title=title_of(difference, ours=ours, theirs=theirs, system=system.name),
            object_type="integrations.break",
            object_id=row.pk,
            object_label=row.key,
            subject_label=party,
            contract_id=contract,
            legal_entity_id=row.legal_entity_id,
            flow="reconciliation",
            team="finance",
            money_at_risk=money_at_risk(difference),
            currency=row.currency,
            blocks_release=contract is not None and not difference.in_flight,
            evidence={
                "kind": row.kind,
                "month": f"{row.month:%Y-%m}",
                "ours": ours,
                "theirs": theirs,
                "break_id": str(row.pk),
            },
        ),
        actor=actor,
    )
