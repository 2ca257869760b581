"""Customers and their billing accounts over REST."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.actions.customers import (
    change_customer,
    create_customer,
)
from contracts.models import Customer
from contracts.queries import visible_customers
from core.api.concurrency import check_if_match
from core.api.idempotency import idempotent
from core.api.serializers import Input, Output
from core.api.viewsets import Resource
from core.models import Currency, User
from core.rows import locked


class CustomerOutput(Output):
    """A buying organisation; `parent` is the code of the customer above it."""

    # A field may be named so: declared fields are taken off the class.
    parent = serializers.CharField(source="parent.code", default=None, allow_null=True)  # type: ignore[assignment]

    class Meta:
        model = Customer
        fields = (
            *("id", "code", "name", "parent", "status", "currency", "credit_hold"),
            *("version", "created_at", "updated_at"),
        )


class CustomerInput(Input):
    """What may be said about a customer."""

    name = serializers.CharField(max_length=160)
    currency = serializers.SlugRelatedField(slug_field="code", queryset=Currency.objects.all())
    parent = serializers.SlugRelatedField(  # type: ignore[assignment]
        slug_field="code", queryset=Customer.objects.all(), allow_null=True, required=False
    )
    status = serializers.ChoiceField(choices=Customer.Status.choices, required=False)
    credit_hold = serializers.BooleanField(required=False)


class NewCustomer(CustomerInput):
    """A new customer; without a code it gets the next free one."""

    code = serializers.CharField(max_length=20, required=False, allow_blank=True)


class CustomerFilter(filters.FilterSet):  # type: ignore[misc]
    """What customers can be narrowed by."""

    parent = filters.CharFilter(field_name="parent__code")

    class Meta:
        model = Customer
        fields = ("code", "status", "credit_hold")


class CustomerResource(Resource):
    """Customers; a change needs the ETag it was made from."""

    permission = "contract.view"
    action_permissions = {"create": "customer.edit", "partial_update": "customer.edit"}
    serializer_class = CustomerOutput
    filterset_class = CustomerFilter
    ordering_fields = ("code", "name", "updated_at")
    code_field = "code"

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the customers the caller may see."""
        return visible_customers(user).select_related("parent")

    @extend_schema(request=NewCustomer, responses={201: CustomerOutput})
    @idempotent
    def create(self, request: Request) -> Response:
        """Enter a customer."""
        customer = create_customer(**NewCustomer.read(request), actor=self.actor)
        return self.answer(self.found(str(customer.pk)), status=201)

    @extend_schema(request=CustomerInput, responses=CustomerOutput)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change the given fields."""
        changes = CustomerInput.read(request, partial=True)
        with transaction.atomic():
            customer = locked(Customer, self.get_object().pk)
            check_if_match(request, customer)
            change_customer(customer.pk, **changes, actor=self.actor)
        return self.answer(self.get_object())
