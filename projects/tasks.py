"""Celery entry points of projects."""

from celery import shared_task
from django.utils import timezone

from core.actors import Actor
from projects.actions.follow_up import deem_accepted, note_unsigned


@shared_task(name="projects.tasks.follow_up_milestones")
def follow_up_milestones() -> None:
    """Accept what its terms accept without an answer, and note what waits too long for one."""
    actor, now = Actor.system("milestones"), timezone.now()
    deem_accepted(on=timezone.localdate(now), now=now, actor=actor)
    note_unsigned(on=timezone.localdate(now), actor=actor)
