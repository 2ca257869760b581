"""An empty task: what the broker and a worker cost by themselves."""

from celery import shared_task


@shared_task(name="benchmarks.nothing")
def nothing() -> None:
    """Do nothing."""
