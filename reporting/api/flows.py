"""The flows between systems over REST."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.viewsets import Endpoint
from core.verbs import reading
from integrations.queries.flows import flow_figures


class FlowOutput(serializers.Serializer[Any]):
    """A flow over the last 24 hours, of one system where it has one; times in seconds.

    `lag` is what 95 of 100 pieces took at most; `late` counts what took or waits longer than the objective.
    """

    flow = serializers.CharField()
    system = serializers.CharField(allow_blank=True, help_text="Code of the system; empty inside Tieout.")
    objective = serializers.IntegerField()
    through = serializers.IntegerField()
    open = serializers.IntegerField()
    late = serializers.IntegerField()
    stuck = serializers.IntegerField()
    failures = serializers.IntegerField()
    replays = serializers.IntegerField()
    lag = serializers.IntegerField(allow_null=True)
    oldest = serializers.IntegerField(allow_null=True)


class IntegrationsDashboard(Endpoint):
    """How the flows between systems go against their objectives."""

    permission = "integration.view"
    rate = "reporting"

    @extend_schema(operation_id="dashboard_integrations", responses=FlowOutput(many=True))
    def get(self, request: Request) -> Response:
        """Return each flow with throughput, lag, what waits longest, failures and replays."""
        with reading(self.actor):
            figures = flow_figures(self.caller, now=timezone.now())
            return Response(FlowOutput(figures, many=True).data)
