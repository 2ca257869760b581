"""Connected systems: pause and resume."""

import uuid

from django.db import transaction

from core.actors import Actor
from core.errors import Invalid
from core.events import record
from core.permissions import require
from core.reactions import wake
from core.rows import locked
from core.verbs import verb
from integrations.events import SystemPaused, SystemResumed
from integrations.models import System


class PauseReasonMissing(Invalid):
    """A pause without a reason helps nobody."""

    code = "reason_missing"


@verb
def pause_system(system_id: uuid.UUID, *, actor: Actor, reason: str) -> System:
    """Send nothing to a system until somebody resumes it; messages wait. Records system.paused."""
    require(actor, "integration.work")
    if not reason.strip():
        raise PauseReasonMissing("Say why the system is paused.", field="reason")
    system = locked(System, system_id)
    if system.paused_by:
        return system
    system.paused_by, system.pause_reason = actor.name[:80], reason.strip()[:240]
    system.save(update_fields=["paused_by", "pause_reason"])
    record(system, SystemPaused(system.code, None))
    return system


@verb
def resume_system(system_id: uuid.UUID, *, actor: Actor, reason: str = "") -> System:
    """Let messages go to a system again at once, whoever paused it. Records system.resumed."""
    require(actor, "integration.work")
    system = locked(System, system_id)
    if not system.paused_by and not system.paused_until:
        return system
    system.paused_by, system.paused_until, system.pause_reason, system.consecutive_failures = "", None, "", 0
    system.save(update_fields=["paused_by", "paused_until", "pause_reason", "consecutive_failures"])
    record(system, SystemResumed(system.code))
    transaction.on_commit(lambda: wake("integrations.tasks.deliver_due"))
    return system
