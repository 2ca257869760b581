"""Charges over REST, each with its explanation."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from billing.models import Charge
from billing.queries.explanations import explain_charge, explained
from billing.queries.registers import held
from billing.queries.visibility import visible_charges
from billing.states import ChargeStatus
from core.api.serializers import Output
from core.api.viewsets import Resource
from core.models import User


class LinkOutput(serializers.Serializer[Any]):
    """A page that shows a ground of the price."""

    label = serializers.CharField()  # type: ignore[assignment]
    href = serializers.CharField()


class ExplanationOutput(serializers.Serializer[Any]):
    """Why the charge is what it is; `facts` are the engine's own."""

    sentence = serializers.CharField()
    links = LinkOutput(many=True)
    facts = serializers.DictField()


class ChargeOutput(Output):
    """What one source costs one payer; amounts and prices are in `currency`."""

    contract = serializers.CharField(source="contract.code")
    billing_account = serializers.CharField(source="billing_account.code")
    project = serializers.CharField(source="project.code")
    contract_version = serializers.IntegerField(
        source="contract_version.number", default=None, allow_null=True
    )
    document = serializers.CharField(default=None, allow_null=True)
    explanation = serializers.SerializerMethodField()

    class Meta:
        model = Charge
        fields = (
            *("id", "contract", "line_key", "source_type", "source_id", "component", "slice"),
            *("billing_account", "project", "task_id", "worker_id", "role", "service_line"),
            *("service_on", "accounting_on", "quantity", "worked_quantity", "unit", "unit_price"),
            *("amount", "currency", "billable", "not_billable_reason", "status", "fixed_at"),
            *("document", "reverses", "contract_version", "rate", "explanation", "version", "updated_at"),
        )

    @extend_schema_field(ExplanationOutput)
    def get_explanation(self, charge: Charge) -> dict[str, Any]:
        """Return the sentence, the links and the engine's facts."""
        found = explain_charge(charge)
        links = [{"label": link.label, "href": link.href} for link in found.links]
        return {"sentence": found.sentence, "links": links, "facts": charge.explanation}


class ChargeFilter(filters.FilterSet):  # type: ignore[misc]
    """What charges can be narrowed by."""

    contract = filters.CharFilter(field_name="contract__code")
    project = filters.CharFilter(field_name="project__code")
    source = filters.UUIDFilter(field_name="source_id")
    document = filters.CharFilter(field_name="proposal_line__proposal__number")
    held = filters.BooleanFilter(method="only_held")
    since = filters.DateFilter(field_name="service_on", lookup_expr="gte")
    until = filters.DateFilter(field_name="service_on", lookup_expr="lte")
    updated_after = filters.IsoDateTimeFilter(field_name="updated_at", lookup_expr="gt")

    class Meta:
        model = Charge
        fields = ("status", "component", "billable", "currency", "worker_id")

    def only_held(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        """Keep open charges whose source is on hold, or all others."""
        kept = held(rows.filter(status=ChargeStatus.OPEN))
        return kept if value else rows.exclude(pk__in=kept.values("pk"))


class ChargeResource(Resource):
    """Charges of the caller's legal entities or own projects."""

    permission = "charge.view"
    serializer_class = ChargeOutput
    filterset_class = ChargeFilter
    ordering_fields = ("service_on", "updated_at", "amount")

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the charges the caller may see."""
        return explained(visible_charges(user)).select_related("billing_account")
