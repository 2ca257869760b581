"""The kernel's jobs by the clock."""

from datetime import datetime, timedelta

from django.utils import timezone

from core.actions.routing import escalate_exceptions
from core.actions.sealing import judge_log
from core.actors import Actor
from core.presentation.formats import counted
from core.scheduling.registry import scheduled
from core.sealing.verify import verify_log as verify


@scheduled("log-verify", offset=timedelta(hours=2, minutes=40))
def verify_log(due_at: datetime) -> str:
    """Hold the log against its seals, and make it somebody's task when it was changed."""
    verdict = verify()
    judge_log(verdict, actor=Actor.system("audit"))
    if verdict.findings:
        return f"{counted(len(verdict.findings), 'finding')}: {verdict.findings[0].sentence}"
    return f"The log holds: {counted(verdict.events, 'event')} under {counted(verdict.seals, 'seal')}."


@scheduled("overdue", every=timedelta(hours=1))
def note_overdue(due_at: datetime) -> str:
    """Record once that an open exception's due time passed."""
    now = timezone.now()
    count = escalate_exceptions(now=now, on=timezone.localdate(now), actor=Actor.system("exceptions"))
    return f"{counted(count, 'exception')} became overdue."
