"""Payments read back from the ERP, over REST."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers

from billing.models import Payment
from billing.queries.visibility import visible_payments
from core.api.serializers import Output
from core.api.viewsets import Resource
from core.models import User


class PaymentOutput(Output):
    """A payment as the ERP reported it, in the document's currency."""

    proposal = serializers.CharField(source="proposal.number")
    erp_number = serializers.CharField(source="proposal.erp_number")

    class Meta:
        model = Payment
        fields = (
            *("id", "proposal", "erp_number", "system", "external_id", "amount", "currency", "paid_on"),
            *("created_at", "version"),
        )


class PaymentFilter(filters.FilterSet):  # type: ignore[misc]
    """What payments can be narrowed by."""

    proposal = filters.CharFilter(field_name="proposal__number")
    paid_from = filters.DateFilter(field_name="paid_on", lookup_expr="gte")
    paid_to = filters.DateFilter(field_name="paid_on", lookup_expr="lte")

    class Meta:
        model = Payment
        fields = ("system", "external_id", "currency")


class PaymentResource(Resource):
    """Payments of documents the caller may see."""

    permission = "proposal.view"
    serializer_class = PaymentOutput
    filterset_class = PaymentFilter
    ordering_fields = ("paid_on", "created_at")

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the payments the caller may see."""
        return visible_payments(user).select_related("proposal")
