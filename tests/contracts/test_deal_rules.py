"""What a deal lacks: each rule finds its own fault, and a complete deal has none."""

from decimal import Decimal

import pytest

from contracts.deals.rules import Finding, checks, findings
from contracts.deals.surroundings import surroundings_of
from contracts.deals.terms import DealLine, DealTerms, label_of, owner_of, said_by, terms_of
from contracts.models import Customer
from tests.contracts.deals import firm, said
from tests.factories import BillingAccountFactory, CustomerFactory

pytestmark = pytest.mark.django_db


def found(**changes: str) -> list[tuple[str, str]]:
    terms = terms_of(said(**changes), {})
    return [(one.code, one.field) for one in findings(terms, surroundings_of(terms))]


def test_a_complete_deal_passes_every_check() -> None:
    firm()
    terms = terms_of(said(), {})
    result = checks(terms, surroundings_of(terms))
    assert [title for title, one in result if one] == []
    assert len(result) == 13


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"customer_name": ""}, "customer_missing", "customer_name"),
        ({"customer": "NOBODY"}, "customer_unknown", "customer"),
        ({"country": "XX", "tax_registration": "1"}, "country_missing", "country"),
        ({"street": ""}, "address_missing", "street"),
        ({"tax_registration": ""}, "tax_registration_missing", "tax_registration"),
        ({"tax_registration": "GB123456789"}, "tax_registration_invalid", "tax_registration"),
        ({"contact_email": "nobody"}, "contact_missing", "contact_email"),
        ({"currency": "XXX"}, "currency_missing", "currency"),
        ({"amount": ""}, "amount_missing", "amount"),
        ({"amount": "NaN"}, "amount_missing", "amount"),
        ({"amount": "-5"}, "amount_missing", "amount"),
        ({"amount": "5"}, "amounts_differ", "amount"),
        ({"starts_on": "soon"}, "dates_missing", "starts_on"),
        ({"ends_on": "2026-01-01"}, "dates_reversed", "ends_on"),
        ({"lines__p1__service_line": "magic"}, "service_line_missing", "lines.p1.service_line"),
        ({"lines__p1__billing_method": ""}, "billing_method_missing", "lines.p1.billing_method"),
        ({"lines__p1__billing_method": "barter"}, "billing_method_unknown", "lines.p1.billing_method"),
        ({"delivery_owner": ""}, "delivery_owner_missing", "delivery_owner"),
        ({"delivery_owner": "someone@else.example"}, "delivery_owner_unknown", "delivery_owner"),
        ({"purchase_order": ""}, "purchase_order_missing", "purchase_order"),
        ({"signed_document": ""}, "signed_document_missing", "signed_document"),
    ],
)
def test_each_fault_is_found_alone(changes: dict[str, str], code: str, field: str) -> None:
    firm()
    assert found(**changes) == [(code, field)]


def test_an_unmapped_company_leaves_the_owner_unjudged() -> None:
    firm()
    assert found(legal_entity="") == [("legal_entity_missing", "legal_entity")]
    assert found(legal_entity="MOON") == [("legal_entity_missing", "legal_entity")]


def test_a_deal_without_lines_and_one_without_prices() -> None:
    firm()
    bare = {name: text for name, text in said().items() if not name.startswith("lines.")}
    terms = terms_of(bare, {})
    assert [one.code for one in findings(terms, surroundings_of(terms))] == ["no_lines"]
    assert found(currency="EUR") == [("no_rate_card", "rate_card")]


def test_a_fixed_fee_needs_no_rate_card() -> None:
    firm()
    assert found(currency="EUR", lines__p1__billing_method="milestones") == []


def test_the_customer_is_found_by_registration_however_it_is_written() -> None:
    firm()
    account = BillingAccountFactory.create(country="GB", tax_registration="GB 980 7806 84")
    terms = terms_of(said(), {})
    match = surroundings_of(terms).match
    assert match and (match.customer, match.account) == (account.customer, account)


def test_two_customers_of_one_name_have_to_be_told_apart() -> None:
    firm()
    first = CustomerFactory.create(name="Halden Rail Ltd")
    CustomerFactory.create(name="HALDEN RAIL LTD")
    assert found() == [("customer_ambiguous", "customer")]
    assert found(customer=first.code) == []


def test_an_inactive_customer_blocks_and_a_credit_hold_does_not() -> None:
    firm()
    customer = CustomerFactory.create(name="Halden Rail Ltd", credit_hold=True)
    terms = terms_of(said(), {})
    (finding,) = findings(terms, surroundings_of(terms))
    sentence = "Halden Rail Ltd is on credit hold: finance should agree before work begins."
    assert finding == Finding("customer_on_credit_hold", "customer", sentence, blocks=False)
    Customer.objects.filter(pk=customer.pk).update(status="inactive", credit_hold=False)
    assert found() == [("customer_inactive", "customer")]


def test_the_account_may_want_an_order_number_the_deal_does_not_ask_for() -> None:
    firm()
    BillingAccountFactory.create(country="GB", tax_registration="GB980780684", purchase_order_required=True)
    changes = {"purchase_order": "", "purchase_order_required": ""}
    assert found(**changes) == [("purchase_order_missing", "purchase_order")]


def test_what_people_filled_in_overlays_what_the_source_said() -> None:
    terms = terms_of(said(legal_entity="", amount="1"), {"legal_entity": "UK", "lines.p1.name": "Advising"})
    assert (terms.legal_entity, terms.amount, terms.lines[0].name) == ("UK", Decimal(1), "Advising")
    assert terms_of(said_by(terms), {}) == terms


def test_fields_have_owners_and_names() -> None:
    terms = DealTerms(lines=(DealLine("p1", "Advice"),))
    assert (owner_of("amount"), owner_of("legal_entity")) == ("CRM", "Tieout")
    assert (owner_of("lines.p1.amount"), owner_of("lines.p1.service_line")) == ("CRM", "Tieout")
    assert label_of("lines.p1.service_line", terms) == "service line of Advice"
    assert label_of("customer_name", terms) == "customer's legal name"
