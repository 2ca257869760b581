"""Contracts and their life over REST."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.actions import contracts as verbs
from contracts.actions import lifecycle
from contracts.actions.versions import draft_version
from contracts.api.terms import PREFETCHED, READ_WITH, TermsInput, VersionOutput, as_terms
from contracts.models import Contract, ContractVersion, Customer
from contracts.queries import version_in_force, visible_contracts
from contracts.states import RetroactivityPolicy
from core.api.concurrency import check_if_match, etag_of
from core.api.idempotency import idempotent
from core.api.serializers import Input, Output
from core.api.viewsets import Resource
from core.errors import NotFound
from core.models import Currency, LegalEntity, User
from core.rows import locked


class ContractOutput(Output):
    """An agreement; its terms are in its versions."""

    customer = serializers.CharField(source="customer.code")
    legal_entity = serializers.CharField(source="legal_entity.code")
    # A field may be named so: declared fields are taken off the class.
    parent = serializers.CharField(source="parent.code", default=None, allow_null=True)  # type: ignore[assignment]
    owner = serializers.CharField(source="owner.username")

    class Meta:
        model = Contract
        fields = (
            *("id", "code", "name", "kind", "parent", "customer", "legal_entity", "currency", "owner"),
            *("status", "retroactivity", "version", "created_at", "updated_at"),
        )


class ContractInput(Input):
    """What may be said about a contract beside its terms; parties and currency freeze at activation."""

    name = serializers.CharField(max_length=160)
    customer = serializers.SlugRelatedField(slug_field="code", queryset=Customer.objects.all())
    legal_entity = serializers.SlugRelatedField(slug_field="code", queryset=LegalEntity.objects.all())
    currency = serializers.SlugRelatedField(slug_field="code", queryset=Currency.objects.all())
    parent = serializers.SlugRelatedField(  # type: ignore[assignment]
        slug_field="code", queryset=Contract.objects.all(), allow_null=True, required=False
    )
    owner = serializers.SlugRelatedField(
        slug_field="username", queryset=User.objects.filter(is_active=True), required=False
    )
    kind = serializers.ChoiceField(choices=Contract.Kind.choices, required=False)
    retroactivity = serializers.ChoiceField(choices=RetroactivityPolicy.choices, required=False)


class NewContract(ContractInput, TermsInput):
    """A new contract with the terms of its first version, which may be incomplete."""

    code = serializers.CharField(max_length=20, required=False, allow_blank=True)


class Reason(Input):
    """Why; some steps require it."""

    reason = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)


class OnDay(Input):
    """The day asked about."""

    on = serializers.DateField()


class ContractFilter(filters.FilterSet):  # type: ignore[misc]
    """What contracts can be narrowed by."""

    customer = filters.CharFilter(field_name="customer__code")
    legal_entity = filters.CharFilter(field_name="legal_entity__code")
    parent = filters.CharFilter(field_name="parent__code")
    currency = filters.CharFilter(field_name="currency_id")

    class Meta:
        model = Contract
        fields = ("code", "kind", "status")


class ContractResource(Resource):
    """Contracts of the caller's legal entities."""

    permission = "contract.view"
    action_permissions = dict.fromkeys(
        ("create", "partial_update", "amend", "hold", "resume", "complete", "terminate", "cancel"),
        "contract.edit",
    )
    serializer_class = ContractOutput
    filterset_class = ContractFilter
    ordering_fields = ("code", "name", "updated_at")
    code_field = "code"

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the contracts the caller may see."""
        return visible_contracts(user).select_related("customer", "legal_entity", "parent", "owner")

    @extend_schema(request=NewContract, responses={201: ContractOutput})
    @idempotent
    def create(self, request: Request) -> Response:
        """Draft a contract with its first version."""
        contract = verbs.create_contract(**as_terms(NewContract.read(request)), actor=self.actor)
        return self.answer(self.found(str(contract.pk)), status=201)

    @extend_schema(request=ContractInput, responses=ContractOutput)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change facts that are no terms."""
        changes = ContractInput.read(request, partial=True)
        with transaction.atomic():
            contract = locked(Contract, self.get_object().pk)
            check_if_match(request, contract)
            verbs.change_contract(contract.pk, **changes, actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=TermsInput, responses={201: VersionOutput})
    @action(detail=True, methods=["post"])
    @idempotent
    def amend(self, request: Request, pk: str) -> Response:
        """Draft the next version; lines and payers that are not given are copied from the newest one."""
        values = as_terms(TermsInput.read(request))
        version = draft_version(self.get_object().pk, **values, actor=self.actor)
        return _version(version, status=201)

    @extend_schema(parameters=[OnDay], responses=VersionOutput)
    @action(detail=True, methods=["get"])
    def terms(self, request: Request, pk: str) -> Response:
        """Return the version in force on a day."""
        asked = OnDay(data=request.query_params)
        asked.is_valid(raise_exception=True)
        day = asked.validated_data["on"]
        contract = self.get_object()
        version = version_in_force(contract.pk, day)
        if version is None:
            raise NotFound(f"No terms of {contract.code} are in force on {day:%d %b %Y}.", field="on")
        return _version(version)

    @extend_schema(request=Reason, responses=ContractOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def hold(self, request: Request, pk: str) -> Response:
        """Put the contract on hold; the reason is required."""
        return self._moved(lifecycle.hold_contract, request)

    @extend_schema(request=Reason, responses=ContractOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def resume(self, request: Request, pk: str) -> Response:
        """Lift the hold."""
        return self._moved(lifecycle.resume_contract, request)

    @extend_schema(request=Reason, responses=ContractOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def complete(self, request: Request, pk: str) -> Response:
        """Note that everything agreed is delivered."""
        return self._moved(lifecycle.complete_contract, request)

    @extend_schema(request=Reason, responses=ContractOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def terminate(self, request: Request, pk: str) -> Response:
        """End the contract before it is fulfilled; the reason is required."""
        return self._moved(lifecycle.terminate_contract, request)

    @extend_schema(request=Reason, responses=ContractOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def cancel(self, request: Request, pk: str) -> Response:
        """Give up a contract that never became active; the reason is required."""
        return self._moved(lifecycle.cancel_contract, request)

    def _moved(self, verb: Any, request: Request) -> Response:
        verb(self.get_object().pk, **Reason.read(request), actor=self.actor)
        return self.answer(self.get_object())


def _version(version: ContractVersion, *, status: int = 200) -> Response:
    row = ContractVersion.objects.select_related(*READ_WITH).prefetch_related(*PREFETCHED).get(pk=version.pk)
    return Response(VersionOutput(row).data, status=status, headers={"ETag": etag_of(row)})
