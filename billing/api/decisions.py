"""Holds and decisions about money over REST."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing.actions import decisions as verbs
from billing.api.proposals import Nothing, Reason
from billing.models import Adjustment, Charge, Hold
from billing.queries.explanations import root_of
from billing.queries.visibility import visible_adjustments, visible_charges, visible_holds
from billing.states import AdjustmentKind
from core.api.idempotency import idempotent
from core.api.serializers import Input, Output
from core.api.viewsets import Resource, find
from core.models import User


class HoldOutput(Output):
    """A hold keeps the charges of a source off proposals until it is released."""

    contract = serializers.CharField(source="contract.code")
    placed_by = serializers.CharField(source="placed_by.username")
    released_by = serializers.CharField(source="released_by.username", default=None, allow_null=True)

    class Meta:
        model = Hold
        fields = (
            *("id", "contract", "source_type", "source_id", "reason", "placed_by", "created_at"),
            *("released_by", "released_at", "version"),
        )


class AdjustmentOutput(Output):
    """A decision about money; it counts once approved. `amount` and `priced_at` are in `currency`."""

    contract = serializers.CharField(source="contract.code")
    currency = serializers.CharField(source="contract.currency_id")
    author = serializers.CharField(source="author.username")
    approved_by = serializers.CharField(source="approved_by.username", default=None, allow_null=True)

    class Meta:
        model = Adjustment
        fields = (
            *("id", "contract", "kind", "source_type", "source_id", "amount", "priced_at", "currency"),
            *("code", "reason", "status", "author", "approved_by", "approved_at", "created_at", "version"),
        )


class HoldFilter(filters.FilterSet):  # type: ignore[misc]
    """What holds can be narrowed by."""

    contract = filters.CharFilter(field_name="contract__code")
    active = filters.BooleanFilter(field_name="released_at", lookup_expr="isnull")

    class Meta:
        model = Hold
        fields = ("source_id",)


class AdjustmentFilter(filters.FilterSet):  # type: ignore[misc]
    """What decisions can be narrowed by."""

    contract = filters.CharFilter(field_name="contract__code")

    class Meta:
        model = Adjustment
        fields = ("source_id", "kind", "status", "code")


class HoldInput(Input):
    """The id of a charge of the work, and why it is held."""

    charge = serializers.UUIDField()
    reason = serializers.CharField(max_length=240)


class AdjustmentInput(Input):
    """The id of a charge of the work, what is decided, a code and a reason.

    A write-off takes no amount: it covers the work at whatever price it gets.
    """

    charge = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=AdjustmentKind.choices)
    amount = serializers.DecimalField(max_digits=18, decimal_places=4, required=False, allow_null=True)
    code = serializers.SlugField(max_length=30)
    reason = serializers.CharField(max_length=240)


class HoldResource(Resource):
    """Holds on work whose charges the caller may see."""

    permission = "charge.view"
    action_permissions = dict.fromkeys(("create", "release"), "billing.decide")
    serializer_class = HoldOutput
    filterset_class = HoldFilter
    ordering_fields = ("created_at",)

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the holds the caller may see."""
        return visible_holds(user).select_related("contract", "placed_by", "released_by")

    @extend_schema(request=HoldInput, responses={201: HoldOutput})
    @idempotent
    def create(self, request: Request) -> Response:
        """Keep the work of a charge off proposals."""
        said = HoldInput.read(request)
        charge = charge_of(said.pop("charge"), self.caller)
        hold = verbs.hold_source(charge.contract_id, source_id=root_of(charge), **said, actor=self.actor)
        return self.answer(self.found(str(hold.pk)), status=201)

    @extend_schema(request=Nothing, responses=HoldOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def release(self, request: Request, pk: str) -> Response:
        """Let the held work be proposed again."""
        Nothing.read(request)
        hold = self.get_object()
        verbs.release_source(hold.contract_id, source_id=hold.source_id, actor=self.actor)
        return self.answer(self.get_object())


class AdjustmentResource(Resource):
    """Write-offs, write-downs and write-ups on work whose charges the caller may see."""

    permission = "charge.view"
    action_permissions = {
        "create": "billing.decide",
        "approve": "proposal.approve",
        "reject": "proposal.approve",
    }
    serializer_class = AdjustmentOutput
    filterset_class = AdjustmentFilter
    ordering_fields = ("created_at",)

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the decisions the caller may see."""
        return visible_adjustments(user).select_related("contract", "author", "approved_by")

    @extend_schema(request=AdjustmentInput, responses={201: AdjustmentOutput})
    @idempotent
    def create(self, request: Request) -> Response:
        """Ask for a decision; it counts once a second person approves it."""
        said = {"amount": None, **AdjustmentInput.read(request)}
        charge = charge_of(said.pop("charge"), self.caller)
        asked = verbs.submit_adjustment(
            charge.contract_id, source_id=root_of(charge), **said, actor=self.actor
        )
        return self.answer(self.found(str(asked.pk)), status=201)

    @extend_schema(request=Nothing, responses=AdjustmentOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def approve(self, request: Request, pk: str) -> Response:
        """Make the decision count; not by the person who asked for it."""
        Nothing.read(request)
        verbs.approve_adjustment(self.get_object().pk, actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=Reason, responses=AdjustmentOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def reject(self, request: Request, pk: str) -> Response:
        """Refuse the decision."""
        verbs.reject_adjustment(self.get_object().pk, **Reason.read(request), actor=self.actor)
        return self.answer(self.get_object())


def charge_of(charge_id: object, user: User) -> Charge:
    """Return a charge the caller may see; refuse any other as not found."""
    found: Charge = find(visible_charges(user), str(charge_id))
    return found
