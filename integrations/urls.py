"""Addresses of integrations: reconciliation, systems, messages."""

from django.urls import path

from integrations.views import deliveries, processes, reconciliation, webhooks

urlpatterns = [
    path("reconciliation/", reconciliation.kinds, name="reconciliation_kinds"),
    path("reconciliation/invoices/", reconciliation.reconciliation, name="reconciliation"),
    path("reconciliation/invoices/compare/", reconciliation.compare, name="reconciliation_compare"),
    path("reconciliation/runs/<uuid:pk>/progress/", reconciliation.progress, name="reconciliation_progress"),
    path("reconciliation/runs/<uuid:pk>/sign-off/", reconciliation.sign_off, name="reconciliation_sign_off"),
    path("reconciliation/breaks/<uuid:pk>/settle/", reconciliation.settle, name="break_settle"),
    path("webhooks/<slug:system>/", webhooks.webhook, name="webhook"),
    path("processes/", processes.processes, name="processes"),
    path("processes/of/<str:code>/", processes.of_contract, name="contract_activation"),
    path("processes/<uuid:pk>/", processes.process, name="process"),
    path("processes/<uuid:pk>/resume/", processes.resume, name="process_resume"),
    path("integrations/", deliveries.messages_of_systems, name="integrations"),
    path("integrations/replay/", deliveries.replay_many, name="deliveries_replay"),
    path("integrations/deliveries/<uuid:pk>/", deliveries.delivery, name="delivery"),
    path("integrations/deliveries/<uuid:pk>/replay/", deliveries.replay, name="delivery_replay"),
    path("integrations/deliveries/<uuid:pk>/waive/", deliveries.waive, name="delivery_waive"),
    path("integrations/systems/<uuid:pk>/pause/", deliveries.pause, name="system_pause"),
    path("integrations/systems/<uuid:pk>/resume/", deliveries.resume, name="system_resume"),
]
