"""The app's REST resources: registered on the router of config.api, plus paths of its process verbs."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from reporting.api.flows import IntegrationsDashboard
from reporting.api.views import FinanceDashboard, PmoDashboard, TraceView

router = SimpleRouter(trailing_slash=False)
urlpatterns = [
    path("trace/<path:text>", TraceView.as_view(), name="api_trace"),
    path("dashboards/finance", FinanceDashboard.as_view(), name="api_dashboard_finance"),
    path("dashboards/integrations", IntegrationsDashboard.as_view(), name="api_dashboard_integrations"),
    path("dashboards/pmo", PmoDashboard.as_view(), name="api_dashboard_pmo"),
]
