"""Jobs of integrations by the clock."""

from datetime import datetime, timedelta

from django.utils import timezone

from core.actors import Actor
from core.presentation.formats import counted
from core.scheduling.registry import scheduled
from integrations.actions.reconciliation import request_reconciliation
from integrations.queries.reconciliation import due_comparisons


@scheduled("reconciliation", every=timedelta(hours=1), offset=timedelta(minutes=20))
def request_comparisons(due_at: datetime) -> str:
    """Ask for the comparisons of every route: this month, the last, and every month with a break."""
    due = due_comparisons(timezone.localdate(due_at))
    for route, month in due:
        request_reconciliation(
            route.system_id,
            legal_entity_id=route.legal_entity_id,
            month=month,
            actor=Actor.system("integrations"),
        )
    return f"Asked for {counted(len(due), 'comparison')}."
