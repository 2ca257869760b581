"""Settle a break by words: one person explains, another accepts."""

import uuid

from django.utils import timezone

from core.actors import Actor
from core.errors import Invalid
from core.events import record
from core.exceptions import close_exceptions
from core.permissions import require
from core.rows import locked
from core.verbs import verb
from integrations.actions.steps.breaks import about, exception_key
from integrations.events import BreakAccepted, BreakExplained, BreakOpened
from integrations.models import Break
from integrations.policies import require_second_person
from integrations.states import BREAK, BreakState


class ExplanationMissing(Invalid):
    """A difference is accepted for a reason."""

    code = "explanation_missing"


@verb
def propose_explanation(break_id: uuid.UUID, *, explanation: str, actor: Actor, reason: str = "") -> Break:
    """Propose to accept a difference, for a reason; another person decides. Records break.explained."""
    row = locked(Break, break_id)
    require(actor, "reconciliation.work", row.legal_entity_id)
    if not explanation.strip() or actor.user is None:
        raise ExplanationMissing("Say why the difference is right.", field="explanation")
    if (
        row.state == BreakState.PROPOSED
        and row.proposed_by_id == actor.user_id
        and row.explanation == explanation.strip()
    ):
        return row
    if row.state != BreakState.PROPOSED:
        BREAK.check(row.state, BreakState.PROPOSED, label=row.key)
    row.state, row.proposed_by, row.explanation = BreakState.PROPOSED, actor.user, explanation.strip()[:400]
    row.save(update_fields=["state", "proposed_by", "explanation"])
    record(
        row, BreakExplained(**about(row), explanation=row.explanation), legal_entity_id=row.legal_entity_id
    )
    return row


@verb
def accept_difference(break_id: uuid.UUID, *, actor: Actor, reason: str = "") -> Break:
    """Accept an explained difference, by somebody other than its proposer; its exception closes.

    The break stays in the reconciliation as explained. Records break.accepted.
    """
    row = locked(Break, break_id)
    require(actor, "reconciliation.work", row.legal_entity_id)
    if row.state == BreakState.EXPLAINED:
        return row
    BREAK.check(row.state, BreakState.EXPLAINED, label=row.key)
    require_second_person(actor, row)
    row.state, row.accepted_by, row.accepted_at = BreakState.EXPLAINED, actor.user, timezone.now()
    row.save(update_fields=["state", "accepted_by", "accepted_at"])
    close_exceptions([exception_key(row)], actor=actor, resolution=f"Accepted: {row.explanation}")
    record(row, BreakAccepted(**about(row), explanation=row.explanation), legal_entity_id=row.legal_entity_id)
    return row


@verb
def reject_explanation(break_id: uuid.UUID, *, actor: Actor, reason: str) -> Break:
    """Send an explanation back: the break is open again. Records break.opened."""
    row = locked(Break, break_id)
    require(actor, "reconciliation.work", row.legal_entity_id)
    if row.state == BreakState.OPEN:
        return row
    if not reason.strip():
        raise ExplanationMissing("Say why the explanation does not hold.", field="reason")
    BREAK.check(row.state, BreakState.OPEN, label=row.key)
    row.state, row.proposed_by, row.explanation = BreakState.OPEN, None, ""
    row.accepted_by, row.accepted_at = None, None
    row.save(update_fields=["state", "proposed_by", "explanation", "accepted_by", "accepted_at"])
    record(row, BreakOpened(**about(row)), legal_entity_id=row.legal_entity_id)
    return row
