"""Celery entry points of the kernel."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from core.models import IdempotencyRecord
from core.reactions import run_reactions as run_due_reactions
from core.scheduling import running
from core.sealing import seal

ANSWERS_KEPT = timedelta(days=35)


@shared_task(name="core.tasks.run_reactions")
def run_reactions() -> None:
    """Run every handler that is due."""
    run_due_reactions()


@shared_task(name="core.tasks.forget_answers")
def forget_answers() -> None:
    """Drop the stored answers of requests so old that nobody repeats them any more."""
    IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - ANSWERS_KEPT).delete()


@shared_task(name="core.tasks.seal_log")
def seal_log() -> None:
    """Put new events under seal."""
    seal.seal_log()


@shared_task(name="core.tasks.run_schedules")
def run_schedules() -> None:
    """Run the jobs by the clock that are due."""
    running.run_schedules()
