"""Billing accounts over REST."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.actions.customers import (
    change_billing_account,
    create_billing_account,
)
from contracts.models import BillingAccount, Customer
from contracts.queries import visible_billing_accounts
from core.api.concurrency import check_if_match
from core.api.idempotency import idempotent
from core.api.serializers import Input, Output
from core.api.viewsets import Resource
from core.models import User
from core.rows import locked


class BillingAccountOutput(Output):
    """A bill-to of a customer."""

    customer = serializers.CharField(source="customer.code")

    class Meta:
        model = BillingAccount
        fields = (
            *("id", "code", "customer", "name", "street", "city", "postal_code", "country", "region"),
            *("tax_registration", "email", "payment_terms_days", "purchase_order_required", "presentation"),
            *("version", "created_at", "updated_at"),
        )


class BillingAccountInput(Input):
    """What may be said about a billing account."""

    name = serializers.CharField(max_length=160)
    street = serializers.CharField(max_length=160, required=False, allow_blank=True)
    city = serializers.CharField(max_length=80, required=False, allow_blank=True)
    postal_code = serializers.CharField(max_length=20, required=False, allow_blank=True)
    country = serializers.CharField(max_length=2)
    region = serializers.CharField(max_length=10, required=False, allow_blank=True)
    tax_registration = serializers.CharField(max_length=40, required=False, allow_blank=True)
    email = serializers.EmailField(required=False, allow_blank=True)
    payment_terms_days = serializers.IntegerField(min_value=0, max_value=365, required=False)
    purchase_order_required = serializers.BooleanField(required=False)
    presentation = serializers.ChoiceField(choices=BillingAccount.Presentation.choices, required=False)


class NewBillingAccount(BillingAccountInput):
    """A new billing account of a customer; without a code it gets the next free one."""

    code = serializers.CharField(max_length=20, required=False, allow_blank=True)
    customer = serializers.SlugRelatedField(slug_field="code", queryset=Customer.objects.all())


class BillingAccountFilter(filters.FilterSet):  # type: ignore[misc]
    """What billing accounts can be narrowed by."""

    customer = filters.CharFilter(field_name="customer__code")

    class Meta:
        model = BillingAccount
        fields = ("code", "country")


class BillingAccountResource(Resource):
    """Billing accounts; a change needs the ETag it was made from."""

    permission = "contract.view"
    action_permissions = {"create": "customer.edit", "partial_update": "customer.edit"}
    serializer_class = BillingAccountOutput
    filterset_class = BillingAccountFilter
    ordering_fields = ("code", "name", "updated_at")
    code_field = "code"

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the billing accounts the caller may see."""
        return visible_billing_accounts(user).select_related("customer")

    @extend_schema(request=NewBillingAccount, responses={201: BillingAccountOutput})
    @idempotent
    def create(self, request: Request) -> Response:
        """Enter a billing account of a customer."""
        account = create_billing_account(**NewBillingAccount.read(request), actor=self.actor)
        return self.answer(self.found(str(account.pk)), status=201)

    @extend_schema(request=BillingAccountInput, responses=BillingAccountOutput)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change the given fields."""
        changes = BillingAccountInput.read(request, partial=True)
        with transaction.atomic():
            account = locked(BillingAccount, self.get_object().pk)
            check_if_match(request, account)
            change_billing_account(account.pk, **changes, actor=self.actor)
        return self.answer(self.get_object())
