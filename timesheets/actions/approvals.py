"""Approve submitted time, or send it back. Set-based: a week or 50,000 entries take the same statements."""

import uuid

from core.actors import Actor
from core.errors import Forbidden, Invalid
from core.verbs import verb
from timesheets.actions.steps import deciding, noting
from timesheets.actions.steps.deciding import Decided, Subject
from timesheets.models import Approval
from timesheets.states import ENTRY


class ReasonMissing(Invalid):
    """Whoever sends time back says why."""

    code = "reason_missing"


@verb
def approve_time(subject: Subject, *, actor: Actor, reason: str = "") -> Decided:
    """Approve the submitted entries of slices, or of a queryset, as facts; `reason` is kept as comment.

    A correction is approved with both halves, and what it corrects stops counting. Refuses the manager's
    and the PMO's own time and what they submitted themselves, projects out of reach, and slices that are
    not what the person saw. Approved before means nothing happens. Records time.approved per slice with
    its contract, time.corrected for corrections.
    """
    deciding.gather(subject)
    deciding.guard(actor)
    decided = _decided()
    if decided.entries:
        person = _person(actor)
        deciding.rows(_APPROVE, {"user": person, "sources": ENTRY.sources("approved")})
        deciding.rows(_SUPERSEDE, {"sources": ENTRY.sources("corrected")})
        noting.note_approvals(Approval.Decision.APPROVED, person, reason.strip()[:500])
        noting.record_approved()
        noting.record_corrected()
    return decided


@verb
def reject_time(subject: Subject, *, actor: Actor, reason: str) -> Decided:
    """Send the submitted entries of slices, or of a queryset, back with a reason.

    A rejected correction leaves the approved entry as it is. Refuses like approve_time. Records
    time.rejected per slice.
    """
    if not reason.strip():
        raise ReasonMissing("Say what has to change, so that it can be mended.", field="reason")
    deciding.gather(subject)
    deciding.guard(actor)
    decided = _decided()
    if decided.entries:
        deciding.rows(_REJECT, {"reason": reason.strip()[:500], "sources": ENTRY.sources("rejected")})
        noting.note_approvals(Approval.Decision.REJECTED, _person(actor), reason.strip()[:500])
        noting.record_rejected(reason.strip())
    return decided


def _decided() -> Decided:
    (row,) = deciding.rows(_COUNT)
    return Decided(**row)


def _person(actor: Actor) -> uuid.UUID:
    if actor.user_id is None:
        raise Forbidden("Time is decided on by a person.")
    return actor.user_id


_COUNT = """
SELECT count(*) AS entries, coalesce(sum(e.hours), 0) AS hours,
       count(DISTINCT (e.timesheet_id, e.project_id)) AS slices
FROM time_deciding d JOIN timesheets_timeentry e ON e.id = d.entry_id
"""
_APPROVE = """
UPDATE timesheets_timeentry e
SET status = 'approved', approved_by_id = %(user)s, approved_at = now(), rejection_reason = ''
FROM time_deciding d WHERE e.id = d.entry_id AND e.status = ANY(%(sources)s)
"""
_SUPERSEDE = """
UPDATE timesheets_timeentry o SET status = 'corrected'
FROM time_deciding d JOIN timesheets_timeentry e ON e.id = d.entry_id
WHERE e.kind = 'reversal' AND o.id = e.corrects_id AND o.status = ANY(%(sources)s)
"""
_REJECT = """
UPDATE timesheets_timeentry e SET status = 'rejected', rejection_reason = %(reason)s
FROM time_deciding d WHERE e.id = d.entry_id AND e.status = ANY(%(sources)s)
"""
