"""Celery entry points of integrations. Each works off what is due; running one twice is harmless."""

from celery import shared_task
from django.utils import timezone

from core.actors import Actor
from core.locks import only_one
from integrations.actions.deliveries import alarm_old_doubts, queue_document
from integrations.actions.processes import look_again
from integrations.inbox import processing, sweeping, telling
from integrations.models import System
from integrations.queries.deliveries import unrouted_proposals
from integrations.queries.reconciliation import requested_runs
from integrations.relay import loop, reading, reconciling, stepping

SYSTEM = Actor.system("integrations")


@shared_task(name="integrations.tasks.deliver_due")
def deliver_due() -> None:
    """Deliver what is due; a lost wake-up costs the time until the next beat."""
    loop.deliver_due()


@shared_task(name="integrations.tasks.deliver_leftovers")
def deliver_leftovers() -> None:
    """Queue documents that had no route when they were released, and alarm about old doubts."""
    for proposal in unrouted_proposals():
        queue_document(proposal.pk, revision=proposal.revision, actor=SYSTEM)
    alarm_old_doubts(now=timezone.now(), actor=SYSTEM)


@shared_task(name="integrations.tasks.advance_processes")
def advance_processes() -> None:
    """Carry due steps of processes; a lost wake-up costs the time until the next beat."""
    stepping.run_due_steps()


@shared_task(name="integrations.tasks.look_again_at_processes")
def look_again_at_processes() -> None:
    """Try steps again that wait for something that may have changed in another system."""
    look_again(now=timezone.now(), actor=SYSTEM)


@shared_task(name="integrations.tasks.read_changes")
def read_changes(overlap: bool = False) -> None:
    """Mirror what changed in every system; `overlap` also reads again what came shortly before."""
    for system in System.objects.filter(purpose="erp").order_by("code"):
        with only_one(f"read_changes:{system.pk}") as alone:
            if alone:
                reading.read_changes(system, overlap=overlap)


@shared_task(name="integrations.tasks.reconcile_requested")
def reconcile_requested() -> None:
    """Carry out the comparisons that were asked for."""
    for run in requested_runs():
        with only_one(f"reconcile:{run.pk}") as alone:
            if alone:
                reconciling.reconcile(run.pk)


@shared_task(name="integrations.tasks.process_inbox")
def process_inbox() -> None:
    """Process what other systems sent."""
    processing.process_inbox()


@shared_task(name="integrations.tasks.sweep_deals")
def sweep_deals() -> None:
    """Find deals that no webhook brought, in every system where deals are won."""
    for system in System.objects.filter(purpose="crm").order_by("code"):
        with only_one(f"sweep_deals:{system.pk}") as alone:
            if alone:
                sweeping.sweep_deals(system)


@shared_task(name="integrations.tasks.tell_back")
def tell_back() -> None:
    """Tell the systems of deals what became of them."""
    for system in System.objects.filter(purpose="crm").order_by("code"):
        with only_one(f"tell_back:{system.pk}") as alone:
            if alone:
                telling.tell_back(system)
