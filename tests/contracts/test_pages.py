"""Pages of agreements: what they show and cost, and that every form works without script."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.actions.terms import LineTerms, PayerTerms, lines_of, payers_of
from contracts.models import BillingAccount, Contract, ContractVersion, Customer, Rate
from core.models import Event, User
from tests.contracts.builders import (
    WORK,
    active,
    amended,
    drafted,
    preparer,
    price_list,
    submitted,
)
from tests.factories import (
    BillingAccountFactory,
    ContractFactory,
    ContractVersionFactory,
    CustomerFactory,
    LegalEntityFactory,
    ProjectFactory,
    RateCardFactory,
    RateFactory,
    ServiceLineFactory,
)
from tests.personas import page_client, person

pytestmark = pytest.mark.django_db


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", ["customers", "contracts", "rate_cards"])
def test_a_register_costs_the_same_with_one_and_with_thirty_rows(finance: User, name: str) -> None:
    def make() -> None:
        contract = ContractVersionFactory.create().contract
        BillingAccountFactory.create(customer=contract.customer)
        RateFactory.create(card=RateCardFactory.create(scope="contract", contract=contract))

    client, address = page_client(finance), reverse(name)
    make()
    queries(client, address)
    with_one = queries(client, address)
    for _ in range(29):
        make()
    assert queries(client, address) == with_one <= 15
    assert len(client.get(address).context["register"].view.rows) == 30


def test_the_contract_page_costs_the_same_whatever_its_size(pmo: User) -> None:
    contract = active()
    client, address = page_client(pmo), reverse("contract", args=[contract.code])
    queries(client, address)
    small = queries(client, address)
    for month in range(2, 8):
        amended(
            contract,
            date(2026, month, 1),
            lines=[LineTerms(f"line-{n}", "Work", "advisory") for n in range(9)],
        )
        ProjectFactory.create(contract=contract)
        RateCardFactory.create(scope="contract", contract=contract)
    assert queries(client, address) == small <= 15


def test_the_terms_are_drawn_as_of_a_day(finance: User) -> None:
    contract = active(effective_from=date(2026, 1, 1))
    amended(contract, date(2026, 3, 1), lines=[LineTerms("support", "Round the clock support", "advisory")])
    client, address = page_client(finance), reverse("contract", args=[contract.code])

    def drawn(on: str) -> tuple[int | None, list[str]]:
        page = client.get(address, {"on": on}).context["page"]
        return page.shown and page.shown.number, [line.key for line in page.lines]

    assert drawn("2026-02-28") == (1, ["work"])
    assert drawn("2026-03-01") == (2, ["support"])
    assert drawn("2025-12-31") == (None, [])
    assert drawn("no day") == drawn("")
    assert drawn("9999-12-31") == (2, ["support"])
    assert "Round the clock support" in client.get(address, {"on": "2026-03-01"}).content.decode()


def test_the_page_shows_what_others_add_to_it(finance: User) -> None:
    contract = active()
    project = ProjectFactory.create(contract=contract, name="Platform build")
    ProjectFactory.create(name="Another build")
    html = page_client(finance).get(reverse("contract", args=[contract.code])).content.decode()
    assert reverse("project", args=[project.code]) in html
    assert "Another build" not in html


def test_a_contract_is_drafted_completed_and_approved_by_forms_alone(
    finance: User, finance_lead: User
) -> None:
    price_list()
    ServiceLineFactory.create()
    account = BillingAccountFactory.create()
    client = page_client(finance)
    answer = client.post(
        reverse("contract_new"),
        {
            "name": "Data platform",
            "customer": str(account.customer_id),
            "legal_entity": str(LegalEntityFactory.create().pk),
            "currency": "GBP",
            "kind": "statement_of_work",
            "retroactivity": "delta",
            "effective_from": "2026-01-01",
        },
    )
    contract = Contract.objects.get()
    edit = reverse("contract_version_edit", args=[contract.code, 1])
    assert answer.headers["Location"] == edit

    empty = terms(client, edit)
    grown = client.post(edit, {**empty, "add_line": "1"})
    assert grown.status_code == 200
    assert (len(grown.context["form"].lines.forms), ContractVersion.objects.get().version) == (1, 1)

    line = {"key": "work", "name": "Consulting", "service_line": "advisory"}
    filled = {
        **empty,
        "lines-TOTAL_FORMS": "1",
        **{f"lines-0-{name}": value for name, value in line.items()},
        "lines-0-billing_method": "time_and_materials",
        "lines-0-increment": "0.25",
        "lines-0-increment_rounding": "none",
        "lines-0-hours_per_day": "8",
        "lines-0-discount_percent": "0",
        "payers-TOTAL_FORMS": "1",
        "payers-0-billing_account": account.code,
        "payers-0-percent": "100",
        "payers-0-takes_rounding": "on",
    }
    page = reverse("contract_version", args=[contract.code, 1])
    assert client.post(edit, filled).headers["Location"] == page
    version = ContractVersion.objects.get()
    assert (lines_of(version), payers_of(version)) == ([WORK], [PayerTerms(account.code, Decimal(100), True)])

    submit = reverse("contract_version_decide", args=[contract.code, 1, "submit"])
    assert client.post(submit, {"reason": ""}).headers["Location"] == page
    approve = reverse("contract_version_decide", args=[contract.code, 1, "approve"])
    assert page_client(finance_lead).post(approve, {"reason": "Signed"}).headers["Location"] == page
    contract.refresh_from_db()
    assert contract.status == "active"


def terms(client: Client, address: str) -> dict[str, str]:
    """Return what the form of a draft posts when nothing is touched."""
    form = client.get(address).context["form"]
    parts = (form.lines, form.milestones, form.instalments, form.payers, form.expenses)
    fields = [*form.dates, *(field for part in parts for field in part.management_form)]
    fields += [field for part in parts for row in part.forms for field in row]
    return {field.html_name: _posted(field.value()) for field in fields if not _is_empty(field.value())}


def _is_empty(value: Any) -> bool:
    return value is None or value is False


def _posted(value: Any) -> str:
    return "on" if value is True else str(value)


def test_rows_are_struck_out_and_an_older_state_is_not_written_over(finance: User) -> None:
    version = drafted(lines=[WORK, LineTerms("support", "Support", "advisory")])
    client = page_client(finance)
    address = reverse("contract_version_edit", args=[version.contract.code, 1])
    read = terms(client, address)
    assert client.post(address, {**read, "lines-0-DELETE": "on"}).status_code == 302
    assert [line.key for line in lines_of(version)] == ["support"]

    stale = client.post(address, {**read, "reason": "Late"})
    assert stale.status_code == 422
    assert "was changed since you read it" in stale.content.decode()
    version.refresh_from_db()
    assert version.reason == ""


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"lines-0-key": "not a key"}, "Enter a valid"),
        ({"effective_from": ""}, "This field is required."),
        ({"ends_on": "2025-01-01"}, "The term ends before these terms take effect."),
        ({"lines-0-discount_percent": "101"}, "less than or equal to 100"),
        ({"payers-0-billing_account": "nobody"}, "Select a valid choice"),
        ({"lines-TOTAL_FORMS": "many"}, "missing or has been tampered with"),
    ],
)
def test_terms_that_cannot_be_show_what_is_wrong_and_change_nothing(
    finance: User, posted: dict[str, str], sentence: str
) -> None:
    version = drafted()
    client = page_client(finance)
    address = reverse("contract_version_edit", args=[version.contract.code, 1])
    before = Event.objects.count()
    answer = client.post(address, {**terms(client, address), **posted})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert (Event.objects.count(), lines_of(version)) == (before, [WORK])


def test_a_refusal_stands_on_the_form_as_page_and_as_dialog(finance: User) -> None:
    version = drafted(lines=[])
    client = page_client(finance)
    address = reverse("contract_version_decide", args=[version.contract.code, 1, "submit"])
    for headers in ({}, {"HX-Request": "true"}):
        answer = client.post(address, {"reason": ""}, headers=headers)
        assert answer.status_code == 422
        assert "There is no line: nothing could be billed." in answer.content.decode()
    assert ContractVersion.objects.get().status == "draft"


def test_a_dialog_leads_on_to_the_page(finance: User) -> None:
    contract = active()
    address = reverse("contract_move", args=[contract.code, "hold"])
    client = page_client(finance)
    opened = client.get(address, HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in opened and "c-form-dialog" in opened
    answer = client.post(address, {"reason": "Customer asked"}, HTTP_HX_REQUEST="true")
    assert answer.headers["HX-Redirect"] == reverse("contract", args=[contract.code])
    contract.refresh_from_db()
    assert contract.status == "on_hold"


def version_page(user: User, version: ContractVersion) -> Any:
    address = reverse("contract_version", args=[version.contract.code, version.number])
    return page_client(user).get(address).context["page"]


def test_the_version_page_names_changes_and_lacks(finance: User) -> None:
    line = LineTerms("work", "Consulting", "advisory", discount_percent=Decimal("2.5"))
    page = version_page(finance, amended(active(), date(2026, 3, 1), lines=[line]))
    assert [(one.subject, one.before, one.after) for one in page.changes] == [
        ("Consulting (work): discount", "0 %", "2.5 %")
    ]
    page = version_page(finance, drafted(lines=[]))
    assert [(one.text, one.result) for one in page.checks] == [
        ("There is no line: nothing could be billed.", "failed")
    ]
    assert [(one.label, bool(one.reason)) for one in page.buttons] == [
        ("Edit terms", False),
        ("Submit for approval", True),
    ]


def test_who_prepared_a_version_sees_why_approval_is_not_offered() -> None:
    price_list()
    both = person("finance_lead")
    version = drafted(by=preparer())
    ContractVersion.objects.filter(pk=version.pk).update(prepared_by=both, status="submitted")
    version.refresh_from_db()
    page = version_page(both, version)
    assert [(one.label, one.reason) for one in page.buttons] == [
        ("Withdraw", ""),
        ("Approve", "You prepared this version: somebody else has to approve it."),
    ]


def test_customers_and_accounts_are_entered_and_changed_by_forms(finance: User) -> None:
    client = page_client(finance)
    new = {"name": "Halden", "currency": "GBP", "status": "active"}
    client.post(reverse("customer_new"), new)
    customer = Customer.objects.get()
    client.post(
        reverse("customer_edit", args=[customer.code]), {**new, "name": "Halden AS", "credit_hold": "on"}
    )
    account = {"name": "Payable", "country": "gb", "payment_terms_days": "14", "presentation": "task"}
    address = reverse("billing_account_new", args=[customer.code])
    wrong = client.post(address, {**account, "tax_registration": "GB1"})
    assert (wrong.status_code, BillingAccount.objects.count()) == (422, 0)
    assert "does not have the form of a GB tax registration" in wrong.content.decode()
    client.post(address, account)
    stored = BillingAccount.objects.get()
    client.post(reverse("billing_account_edit", args=[stored.code]), {**account, "city": "London"})
    customer.refresh_from_db()
    stored.refresh_from_db()
    assert (customer.name, customer.credit_hold) == ("Halden AS", True)
    assert (stored.country, stored.payment_terms_days, stored.city) == ("GB", 14, "London")
    html = client.get(reverse("customer", args=[customer.code])).content.decode()
    assert "On credit hold." in html and stored.code in html


def test_a_price_is_set_and_the_former_knowledge_can_be_looked_up(finance: User) -> None:
    card = price_list()
    client = page_client(finance)
    address = reverse("rate_card", args=[card.code])
    answer = client.post(
        reverse("rate_set", args=[card.code]),
        {"role": "senior", "amount": "190", "starts_on": "2026-03-15", "reason": "Raise"},
    )
    assert answer.headers["Location"] == address

    def grid(**query: str) -> list[tuple[str, list[tuple[Decimal, date, date | None]]]]:
        page = client.get(address, query).context["page"]
        return [
            (row.label, [(price.amount, price.starts_on, price.ends_on) for price in row.prices])
            for row in page.all_rows
        ]

    assert grid() == [
        (
            "senior",
            [
                (Decimal("180"), date(2020, 1, 1), date(2026, 3, 14)),
                (Decimal("190"), date(2026, 3, 15), None),
            ],
        )
    ]
    assert grid(known="2026-01-31") == [("senior", [(Decimal("180"), date(2020, 1, 1), None)])]
    assert grid(known="2025-12-31") == []
    assert grid(q="consul") == []

    refused = client.post(reverse("rate_set", args=[card.code]), {"amount": "-1", "starts_on": "2026-01-01"})
    assert (refused.status_code, Rate.objects.filter(known__upper_inf=True).count()) == (422, 2)


def test_a_card_shows_gaps_and_rivals(finance: User) -> None:
    card, rival = RateCardFactory.create(), RateCardFactory.create()
    RateFactory.create(card=card, valid=DateRange(date(2026, 1, 1), date(2026, 3, 1)))
    RateFactory.create(card=card, valid=DateRange(date(2026, 4, 1), date(2026, 6, 1)))
    RateFactory.create(card=rival, valid=DateRange(date(2026, 5, 1), None))
    RateFactory.create(card=rival, role="any", valid=DateRange(date(2026, 1, 1), None))
    page = page_client(finance).get(reverse("rate_card", args=[card.code])).context["page"]
    assert [(row.gaps(), row.rivals) for row in page.all_rows] == [
        ([(date(2026, 3, 1), date(2026, 3, 31))], (rival.code,))
    ]
    assert page.rows[0].remarks[0] == "No price 1–31 Mar 2026"


PAGES = ("customers", "customer_new", "contracts", "contract_new", "rate_cards", "rate_card_new")


@pytest.mark.parametrize("name", PAGES)
def test_nobody_reads_agreements_without_a_role_or_a_login(consultant: User, name: str) -> None:
    address = reverse(name)
    assert page_client(consultant).get(address).status_code == 403
    assert Client().get(address).headers["Location"].startswith(reverse("login"))


def test_agreements_of_other_entities_are_not_found() -> None:
    version = submitted()
    client = page_client(person("finance_lead", entity=LegalEntityFactory.create()))
    code = version.contract.code
    addresses = [
        reverse("contract", args=[code]),
        reverse("contract_edit", args=[code]),
        reverse("contract_move", args=[code, "hold"]),
        reverse("contract_version", args=[code, 1]),
        reverse("contract_version_decide", args=[code, 1, "approve"]),
    ]
    assert [client.get(address).status_code for address in addresses] == [404] * 5
    assert client.post(addresses[-1], {"reason": ""}).status_code == 404
    assert ContractVersion.objects.get().status == "submitted"


def test_readers_see_the_page_without_buttons(auditor: User) -> None:
    contract = active()
    page = page_client(auditor).get(reverse("contract", args=[contract.code])).context["page"]
    assert page.buttons == []
    answer = page_client(auditor).post(
        reverse("contract_move", args=[contract.code, "hold"]), {"reason": "x"}
    )
    assert answer.status_code == 403
    contract.refresh_from_db()
    assert contract.status == "active"


def test_texts_are_shown_as_text(finance: User) -> None:
    customer = CustomerFactory.create(name="<script>alert(1)</script> =1+1")
    ContractFactory.create(customer=customer, name="<b>x</b>")
    client = page_client(finance)
    for address in (reverse("contracts"), reverse("customers"), reverse("customer", args=[customer.code])):
        html = client.get(address).content.decode()
        assert "<script>alert" not in html and "&lt;script&gt;alert(1)" in html
