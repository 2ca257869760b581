"""Celery wakes and executes; PostgreSQL remembers."""

import os

from celery import Celery
from celery.schedules import crontab
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("tieout")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
app.conf.task_default_queue = "default"
app.conf.task_routes = {"integrations.tasks.deliver_*": {"queue": "erp"}}
app.conf.beat_schedule = {
    "billing-runs": {"task": "billing.tasks.advance_runs", "schedule": 10.0, "options": {"expires": 10}},
    "pricing-safety-net": {"task": "billing.tasks.price_everything", "schedule": crontab(hour=2, minute=10)},
    "reactions": {"task": "core.tasks.run_reactions", "schedule": 5.0, "options": {"expires": 5}},
}
