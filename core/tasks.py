"""Celery entry points of the kernel."""

from celery import shared_task

from core.reactions import run_reactions as run_due_reactions


@shared_task(name="core.tasks.run_reactions")
def run_reactions() -> None:
    """Run every handler that is due."""
    run_due_reactions()
