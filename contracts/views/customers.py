"""Pages of customers and their billing accounts."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from contracts.actions import customers as verbs
from contracts.forms.customers import (
    BillingAccountForm,
    CustomerForm,
    NewBillingAccountForm,
    NewCustomerForm,
    account_values,
    customer_values,
)
from contracts.models import BillingAccount, Customer
from contracts.queries import visible_billing_accounts, visible_customers
from contracts.queries.registers import listed_customers
from contracts.tables import CUSTOMERS
from contracts.tables.customer import CustomerPage
from core.actors import Actor
from core.pages import page, person_of
from core.permissions import holds
from core.presentation.asking import Done, Question, ask
from core.presentation.panels import panels
from core.presentation.register import register_view


@page("contract.view")
def customers(request: HttpRequest) -> HttpResponseBase:
    """List the customers."""
    user = person_of(request)
    extra = {"new_href": reverse("customer_new") if holds(user, "customer.edit") else ""}
    return register_view(request, CUSTOMERS, listed_customers(user), extra=extra)


@page("contract.view")
def customer(request: HttpRequest, code: str) -> HttpResponse:
    """Show a customer with its billing accounts and contracts."""
    found = _customer(request, code)
    context = {
        "page": CustomerPage(found, person_of(request)),
        "main_panels": panels.of("customer.main", request, found),
        "side_panels": panels.of("customer.side", request, found),
    }
    return render(request, "contracts/customer.html", context)


@page("customer.edit")
def customer_new(request: HttpRequest) -> HttpResponse:
    """Enter a customer."""
    form = NewCustomerForm(request.POST or None)
    question = Question("New customer", "Enter customer", reverse("customers"))

    def act(said: dict[str, Any]) -> Done:
        made = verbs.create_customer(**form.values(), code=said["code"], actor=_actor(request))
        return Done(f"{made.name} entered as {made.code}.", reverse("customer", args=[made.code]))

    return ask(request, form, question, act)


@page("customer.edit")
def customer_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change a customer."""
    found = _customer(request, code)
    form = CustomerForm(request.POST or None, initial=customer_values(found))
    back = reverse("customer", args=[code])

    def act(said: dict[str, Any]) -> Done:
        verbs.change_customer(found.pk, **form.values(), actor=_actor(request))
        return Done(f"{found.code} changed.", back)

    return ask(request, form, Question(f"Edit {found.name}", "Save customer", back), act)


@page("customer.edit")
def billing_account_new(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a billing account of a customer."""
    found = _customer(request, code)
    form = NewBillingAccountForm(request.POST or None)
    back = reverse("customer", args=[code])

    def act(said: dict[str, Any]) -> Done:
        made = verbs.create_billing_account(found.pk, **said, actor=_actor(request))
        return Done(f"Billing account {made.code} entered.", back)

    return ask(
        request, form, Question(f"New billing account of {found.name}", "Enter billing account", back), act
    )


@page("customer.edit")
def billing_account_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change a billing account."""
    found: BillingAccount = get_object_or_404(
        visible_billing_accounts(person_of(request)).select_related("customer"), code=code
    )
    form = BillingAccountForm(request.POST or None, initial=account_values(found))
    back = reverse("customer", args=[found.customer.code])

    def act(said: dict[str, Any]) -> Done:
        verbs.change_billing_account(found.pk, **said, actor=_actor(request))
        return Done(f"Billing account {found.code} changed.", back)

    return ask(request, form, Question(f"Edit {found}", "Save billing account", back), act)


def _customer(request: HttpRequest, code: str) -> Customer:
    rows = visible_customers(person_of(request)).select_related("parent")
    found: Customer = get_object_or_404(rows, code=code)
    return found


def _actor(request: HttpRequest) -> Actor:
    return Actor.of(person_of(request))
