"""Addresses of the kernel: what belongs to the frame of every page, and the exception queue."""

from django.urls import path

from core.presentation.preferences import set_preferences
from core.views import deciding, operating, periods, queue, schedules, shell

urlpatterns = [
    path("healthz", operating.healthz, name="healthz"),
    path("readyz", operating.readyz, name="readyz"),
    path("metrics", operating.metrics, name="metrics"),
    path("preferences/", set_preferences, name="preferences"),
    path("navigation/", shell.counts, name="navigation_counts"),
    path("periods/", periods.periods, name="periods"),
    path("periods/<uuid:pk>/close/", periods.close, name="period_close"),
    path("periods/<uuid:pk>/reopen/", periods.reopen, name="period_reopen"),
    path("schedules/", schedules.schedules, name="schedules"),
    path("exceptions/", queue.queue, name="exceptions"),
    path("exceptions/export/", queue.export, name="exceptions_export"),
    path("exceptions/<uuid:pk>/comment/", deciding.comment, name="exception_comment"),
    path("exceptions/undo/<str:correlation>/", deciding.undo, name="exception_undo"),
    path("exceptions/decide/<slug:kind>/", deciding.decide, name="exception_decide"),
    path("exceptions/<str:number>/", queue.exception, name="exception"),
]
