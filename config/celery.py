"""Celery wakes and executes; PostgreSQL remembers."""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_process_init
from django.conf import settings

from config.tracing import start_tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("tieout")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
app.conf.task_default_queue = "default"
# One queue per family of systems: an ERP that hangs must not keep deals waiting.
_CRM = {"queue": "default"}
app.conf.task_routes = {
    "integrations.tasks.process_inbox": _CRM,
    "integrations.tasks.sweep_deals": _CRM,
    "integrations.tasks.tell_back": _CRM,
    "integrations.tasks.*": {"queue": "erp"},
}
app.conf.beat_schedule = {
    "answers": {"task": "core.tasks.forget_answers", "schedule": crontab(hour=3, minute=40)},
    "billing-runs": {"task": "billing.tasks.advance_runs", "schedule": 10.0, "options": {"expires": 10}},
    "changes": {"task": "integrations.tasks.read_changes", "schedule": 15.0, "options": {"expires": 15}},
    "changes-again": {
        "task": "integrations.tasks.read_changes",
        "schedule": 900.0,
        "kwargs": {"overlap": True},
        "options": {"expires": 900},
    },
    "deals": {"task": "integrations.tasks.sweep_deals", "schedule": 900.0, "options": {"expires": 900}},
    "deals-back": {"task": "integrations.tasks.tell_back", "schedule": 15.0, "options": {"expires": 15}},
    "deliveries": {"task": "integrations.tasks.deliver_due", "schedule": 5.0, "options": {"expires": 5}},
    "inbox": {"task": "integrations.tasks.process_inbox", "schedule": 5.0, "options": {"expires": 5}},
    "leftovers": {
        "task": "integrations.tasks.deliver_leftovers",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "milestones": {"task": "projects.tasks.follow_up_milestones", "schedule": crontab(minute=35)},
    "reconciliation": {
        "task": "integrations.tasks.reconcile_requested",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "log-seal": {"task": "core.tasks.seal_log", "schedule": 300.0, "options": {"expires": 300}},
    "processes": {
        "task": "integrations.tasks.advance_processes",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "processes-again": {
        "task": "integrations.tasks.look_again_at_processes",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    # Jobs by the clock are rows: this only asks which are due (core.scheduling).
    "schedules": {"task": "core.tasks.run_schedules", "schedule": 10.0, "options": {"expires": 10}},
    "reactions": {"task": "core.tasks.run_reactions", "schedule": 5.0, "options": {"expires": 5}},
}


@worker_process_init.connect  # type: ignore[untyped-decorator]
def trace_tasks(**kwargs: object) -> None:
    """Export the spans of each worker process; before the fork it would be one exporter for all."""
    start_tracing("tieout-worker")
