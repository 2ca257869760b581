"""Celery entry points of the kernel."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from core.actions.sealing import judge_log
from core.actors import Actor
from core.models import IdempotencyRecord
from core.reactions import run_reactions as run_due_reactions
from core.sealing import seal, verify

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


@shared_task(name="core.tasks.verify_log")
def verify_log() -> None:
    """Hold the log against its seals, and make it somebody's task when it was changed."""
    judge_log(verify.verify_log(), actor=Actor.system("audit"))
