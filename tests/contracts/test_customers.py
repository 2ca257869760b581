"""Customers and billing accounts: what is recorded, what is refused, and that a refusal changes nothing."""

from typing import Any

import pytest

from contracts.actions.customers import (
    CircularHierarchy,
    change_billing_account,
    change_customer,
    create_billing_account,
    create_customer,
)
from contracts.models import BillingAccount, Customer
from contracts.policies import TaxRegistrationInvalid
from core.actors import Actor
from core.errors import Forbidden, Invalid, NotFound, Stale
from core.identifiers import uuid7
from core.models import Event, User
from core.rows import CodeTaken
from tests.contracts.builders import told
from tests.factories import BillingAccountFactory, CustomerFactory


def test_a_customer_gets_the_next_code_and_an_event(finance: User) -> None:
    first = create_customer(name="Halden Energi", currency_id="GBP", actor=Actor.of(finance))
    second = create_customer(name="Nordlys", currency_id="EUR", code="NORD-01", actor=Actor.of(finance))

    assert first.code.startswith("CU-")
    assert told() == [
        ("customer.created", {"code": first.code, "name": "Halden Energi", "currency": "GBP"}),
        ("customer.created", {"code": "NORD-01", "name": "Nordlys", "currency": "EUR"}),
    ]
    assert (first.status, first.credit_hold, second.currency_id) == ("active", False, "EUR")


def test_a_change_records_the_fields_and_history_the_values(finance: User) -> None:
    customer = create_customer(name="Halden", currency_id="GBP", actor=Actor.of(finance))
    changed = change_customer(
        customer.pk, name="Halden Energi", credit_hold=True, actor=Actor.of(finance), reason="New name"
    )

    assert told()[1:] == [
        ("customer.changed", {"code": customer.code, "fields": ["credit_hold", "name"]}),
    ]
    assert (changed.name, changed.version) == ("Halden Energi", 2)
    history = customer.history.order_by("history_id").values_list(
        "name", "history_user_id", "history_change_reason"
    )
    assert list(history) == [
        ("Halden", f"user:{finance.pk}", ""),
        ("Halden Energi", f"user:{finance.pk}", "New name"),
    ]


def test_a_change_to_what_already_holds_does_nothing(finance: User) -> None:
    customer = CustomerFactory.create(name="Halden")
    change_customer(customer.pk, name="Halden", actor=Actor.of(finance))
    assert (told(), Customer.objects.get().version) == ([], 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 161}, "name"),
        ({"currency_id": "XXX"}, "currency"),
        ({"status": "sleeping"}, "status"),
        ({"parent_id": uuid7()}, "parent"),
    ],
)
def test_a_value_that_cannot_be_is_refused(finance: User, changes: dict[str, Any], field: str) -> None:
    customer = CustomerFactory.create()
    before = Customer.objects.values().get()
    with pytest.raises(Invalid) as refusal:
        change_customer(customer.pk, actor=Actor.of(finance), **changes)
    assert refusal.value.field == field
    assert (Customer.objects.values().get(), told()) == (before, [])


def test_no_customer_stands_above_itself(finance: User) -> None:
    above = CustomerFactory.create()
    below = CustomerFactory.create(parent=above)
    with pytest.raises(CircularHierarchy):
        change_customer(above.pk, parent_id=below.pk, actor=Actor.of(finance))
    above.refresh_from_db()
    assert (above.parent_id, told()) == (None, [])


def test_a_stale_change_is_refused(finance: User) -> None:
    customer = CustomerFactory.create(name="Halden")
    change_customer(customer.pk, name="Halden AS", actor=Actor.of(finance), expected_version=1)
    with pytest.raises(Stale):
        change_customer(customer.pk, name="Halden SA", actor=Actor.of(finance), expected_version=1)
    assert (Customer.objects.get().name, len(told())) == ("Halden AS", 1)


def test_only_finance_and_stewards_edit_customers(project_manager: User) -> None:
    with pytest.raises(Forbidden):
        create_customer(name="Halden", currency_id="GBP", actor=Actor.of(project_manager))
    assert not Customer.objects.exists()
    assert not Event.objects.exists()


def test_a_taken_and_a_malformed_code_are_refused(finance: User) -> None:
    CustomerFactory.create(code="HALD-01")
    for code, refusal in (("HALD-01", CodeTaken), ("=HALD", Invalid), ("H" * 21, Invalid)):
        with pytest.raises(refusal):
            create_customer(name="Halden", currency_id="GBP", code=code, actor=Actor.of(finance))
    assert Customer.objects.count() == 1


def test_what_is_gone_is_not_found(finance: User) -> None:
    with pytest.raises(NotFound):
        change_customer(uuid7(), name="x", actor=Actor.of(finance))


def test_a_billing_account_is_entered_for_its_customer(finance: User) -> None:
    customer = CustomerFactory.create()
    account = create_billing_account(
        customer.pk,
        name="Accounts payable",
        country="DE",
        tax_registration="DE136695976",
        actor=Actor.of(finance),
    )
    assert told() == [
        (
            "billing_account.created",
            {"code": account.code, "name": "Accounts payable", "customer_id": str(customer.pk)},
        )
    ]


@pytest.mark.parametrize(
    ("country", "number", "accepted"),
    [
        ("GB", "GB980780684", True),
        ("GB", "GB980780685", False),
        ("GB", "12", False),
        ("DE", "DE136695976", True),
        ("DE", "GB980780684", False),
        ("US", "12-3456789", True),
        ("GB", "", True),
    ],
)
def test_a_tax_registration_has_the_form_of_its_country(
    finance: User, country: str, number: str, accepted: bool
) -> None:
    account = BillingAccountFactory.create(country="FR", tax_registration="")
    if not accepted:
        with pytest.raises(TaxRegistrationInvalid):
            change_billing_account(
                account.pk, country=country, tax_registration=number, actor=Actor.of(finance)
            )
    else:
        change_billing_account(account.pk, country=country, tax_registration=number, actor=Actor.of(finance))
    stored = BillingAccount.objects.values_list("country", "tax_registration").get()
    assert stored == ((country, number) if accepted else ("FR", ""))
    assert len(told()) == accepted


@pytest.mark.parametrize("country", ["", "gb", "UK2", "XQ", "ZZZ"])
def test_an_unknown_country_is_refused(finance: User, country: str) -> None:
    customer = CustomerFactory.create()
    with pytest.raises(Invalid):
        create_billing_account(customer.pk, name="Payable", country=country, actor=Actor.of(finance))
    assert not BillingAccount.objects.exists()
