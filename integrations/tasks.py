"""Celery entry points of integrations."""

from celery import shared_task
from django.utils import timezone

from core.actors import Actor
from integrations.actions.deliveries import alarm_old_doubts, queue_document
from integrations.queries.deliveries import unrouted_proposals
from integrations.relay import loop


@shared_task(name="integrations.tasks.deliver_due")
def deliver_due() -> None:
    """Deliver what is due; a lost wake-up costs the time until the next beat."""
    loop.deliver_due()


@shared_task(name="integrations.tasks.deliver_leftovers")
def deliver_leftovers() -> None:
    """Queue documents that had no route when they were released, and alarm about old doubts."""
    relay = Actor.system("relay")
    for proposal in unrouted_proposals():
        queue_document(proposal.pk, revision=proposal.revision, actor=relay)
    alarm_old_doubts(now=timezone.now(), actor=relay)
