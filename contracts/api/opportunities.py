"""Opportunities over REST: what a deal would lack before it is won, and intake once it is."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.actions.deals import Origin, take_deal
from contracts.deals.rules import findings
from contracts.deals.surroundings import surroundings_of
from contracts.deals.terms import DealLine, DealTerms, said_by, terms_of
from contracts.models import Deal
from contracts.queries.deals import visible_deals
from core.api.idempotency import idempotent
from core.api.serializers import Input, Output
from core.api.viewsets import Resource
from core.models import User


class OpportunityLine(Input):
    """One thing sold; `service_line` and `billing_method` are codes of ours, where they are known."""

    key = serializers.SlugField(max_length=40)
    name = serializers.CharField(max_length=160, required=False, allow_blank=True)
    service_line = serializers.CharField(max_length=30, required=False, allow_blank=True)
    billing_method = serializers.CharField(max_length=30, required=False, allow_blank=True)
    amount = serializers.DecimalField(max_digits=18, decimal_places=4, required=False, allow_null=True)


class OpportunityTerms(Input):
    """What an opportunity says, in codes of ours where they are known; nothing is required to be asked."""

    name = serializers.CharField(max_length=160, required=False, allow_blank=True)
    customer_name = serializers.CharField(max_length=160, required=False, allow_blank=True)
    customer = serializers.CharField(max_length=20, required=False, allow_blank=True)
    country = serializers.CharField(max_length=2, required=False, allow_blank=True)
    tax_registration = serializers.CharField(max_length=40, required=False, allow_blank=True)
    street = serializers.CharField(max_length=160, required=False, allow_blank=True)
    postal_code = serializers.CharField(max_length=20, required=False, allow_blank=True)
    city = serializers.CharField(max_length=80, required=False, allow_blank=True)
    contact_name = serializers.CharField(max_length=160, required=False, allow_blank=True)
    contact_email = serializers.CharField(max_length=160, required=False, allow_blank=True)
    legal_entity = serializers.CharField(max_length=20, required=False, allow_blank=True)
    currency = serializers.CharField(max_length=3, required=False, allow_blank=True)
    amount = serializers.DecimalField(max_digits=18, decimal_places=4, required=False, allow_null=True)
    closed_on = serializers.DateField(required=False, allow_null=True)
    starts_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)
    purchase_order = serializers.CharField(max_length=40, required=False, allow_blank=True)
    purchase_order_required = serializers.BooleanField(required=False)
    payment_terms_days = serializers.IntegerField(min_value=0, max_value=365, required=False, allow_null=True)
    delivery_owner = serializers.CharField(
        max_length=160, required=False, allow_blank=True, help_text="User name or e-mail."
    )
    signed_document = serializers.CharField(max_length=240, required=False, allow_blank=True)
    lines = serializers.ListField(child=OpportunityLine(), required=False, max_length=200)

    def validate_lines(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Refuse two lines of one key."""
        keys = [line["key"] for line in lines]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise serializers.ValidationError(f"The line key {twice[0]} is given twice.", "duplicate_terms")
        return lines


class WonOpportunity(OpportunityTerms):
    """A won opportunity: `source` and `source_id` name it, a higher `source_version` is a later state."""

    # A field may be named so: declared fields are taken off the class.
    source = serializers.SlugField(max_length=30)  # type: ignore[assignment]
    source_id = serializers.CharField(max_length=80)
    source_version = serializers.IntegerField(min_value=0, max_value=2**53, required=False)
    name = serializers.CharField(max_length=160)


class FindingOutput(serializers.Serializer[Any]):
    """One thing that is missing or worth knowing; only what blocks keeps the deal from a contract."""

    code = serializers.CharField()
    field = serializers.CharField()
    sentence = serializers.CharField()
    blocks = serializers.BooleanField()


class Readiness(serializers.Serializer[Any]):
    """Whether a contract could be drafted from the deal, and what stands against it."""

    ready = serializers.BooleanField()
    missing = FindingOutput(many=True)


class DealOutput(Output):
    """A deal on its way to a contract."""

    legal_entity = serializers.CharField(source="legal_entity.code", default=None, allow_null=True)
    contract = serializers.CharField(source="contract.code", default=None, allow_null=True)
    missing = FindingOutput(many=True)

    class Meta:
        model = Deal
        fields = (
            *("id", "code", "source", "source_id", "source_version", "name", "customer_name"),
            *("legal_entity", "currency", "amount", "closed_on", "state", "missing", "contract"),
            *("version", "created_at", "updated_at"),
        )


class DealFilter(filters.FilterSet):  # type: ignore[misc]
    """What deals can be narrowed by."""

    class Meta:
        model = Deal
        fields = ("code", "state", "source", "source_id")


class OpportunityResource(Resource):
    """Deals: checked before they are won, taken in once they are."""

    permission = "deal.view"
    action_permissions = {"create": "deal.intake", "check": "deal.intake"}
    serializer_class = DealOutput
    filterset_class = DealFilter
    ordering_fields = ("code", "created_at", "updated_at")
    code_field = "code"

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the deals the caller may see."""
        return visible_deals(user).select_related("legal_entity", "contract")

    @extend_schema(request=WonOpportunity, responses={201: DealOutput})
    @idempotent
    def create(self, request: Request) -> Response:
        """Take in a won opportunity; the same one again refreshes its deal."""
        given = WonOpportunity.read(request)
        origin = Origin(given.pop("source"), given.pop("source_id"), given.pop("source_version", 0))
        deal = take_deal(origin, given=said_by(_terms(given)), won=True, actor=self.actor)
        assert deal is not None
        return self.answer(self.found(str(deal.pk)), status=201)

    @extend_schema(request=OpportunityTerms, responses=Readiness)
    @action(detail=False, methods=["post"])
    def check(self, request: Request) -> Response:
        """Say all that is missing before the opportunity may be won; nothing is kept."""
        terms = terms_of(said_by(_terms(OpportunityTerms.read(request))), {})
        found = findings(terms, surroundings_of(terms))
        ready = not any(one.blocks for one in found)
        return Response(Readiness({"ready": ready, "missing": found}).data)


def _terms(given: dict[str, Any]) -> DealTerms:
    lines = tuple(DealLine(**line) for line in given.pop("lines", ()))
    return DealTerms(**given, lines=lines)
