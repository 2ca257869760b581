"""Data administration: stewards keep master data with history and events; terms and prices are read-only."""

from typing import Any

import pytest
from django.urls import reverse

from contracts.models import BillingAccount, Customer, Rate
from core.models import Event, User
from tests.contracts.builders import submitted
from tests.factories import BillingAccountFactory, CustomerFactory, RateFactory
from tests.personas import page_client

pytestmark = pytest.mark.django_db


def test_a_steward_edits_a_customer_with_history_and_event(data_steward: User) -> None:
    customer = CustomerFactory.create(name="Halden")
    answer = page_client(data_steward).post(
        reverse("admin:contracts_customer_change", args=[customer.pk]),
        {"code": customer.code, "name": "Halden AS", "status": "active", "currency": "GBP", "parent": ""},
    )
    assert answer.status_code == 302
    assert Customer.objects.get().name == "Halden AS"
    event = Event.objects.get()
    assert (event.type, event.actor) == ("master_data.changed", f"user:{data_steward.pk}")
    assert customer.history.latest("history_id").history_user_id == f"user:{data_steward.pk}"


def test_a_wrong_tax_registration_is_refused_here_too(data_steward: User) -> None:
    account = BillingAccountFactory.create()
    fields = [field.name for field in BillingAccount._meta.concrete_fields if field.editable]
    values: dict[str, Any] = {name: getattr(account, name) for name in fields}
    values |= {"customer": str(account.customer_id), "tax_registration": "GB1", "purchase_order_required": ""}
    answer = page_client(data_steward).post(
        reverse("admin:contracts_billingaccount_change", args=[account.pk]), values
    )
    assert answer.status_code == 200
    assert "does not have the form of a GB tax registration" in answer.content.decode()
    assert (BillingAccount.objects.get().tax_registration, Event.objects.count()) == ("GB980780684", 0)


def test_terms_and_prices_are_read_only(data_steward: User) -> None:
    version, rate = submitted(), RateFactory.create()
    client = page_client(data_steward)
    for name, pk in (("contractversion", version.pk), ("rate", rate.pk), ("contract", version.contract_id)):
        address = reverse(f"admin:contracts_{name}_change", args=[pk])
        assert client.get(address).status_code == 200
        assert client.post(address, {"amount": "1"}).status_code == 403
        assert client.get(reverse(f"admin:contracts_{name}_add")).status_code == 403
    assert Rate.objects.filter(pk=rate.pk, amount=rate.amount).exists()


def test_only_stewards_come_in(finance: User) -> None:
    finance.is_staff = True
    finance.save()
    address = reverse("admin:contracts_customer_changelist")
    assert page_client(finance).get(address).status_code == 403
