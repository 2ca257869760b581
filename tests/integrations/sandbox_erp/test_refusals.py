"""Everything the ERP refuses in a document: code, field, and nothing changed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import httpx
import pytest

from integrations.sandbox_erp.administration import SandboxErpAdministration
from integrations.sandbox_erp.client import SandboxErpClient
from integrations.sandbox_erp.errors import Refused
from integrations.sandbox_erp.requests import CustomerChanges, NewDocument
from tests.integrations.sandbox_erp.building import a_customer, a_line, last_cursor, new_invoice
from tests.integrations.sandbox_erp.running import TOKEN, RunningErp

Change = Callable[[NewDocument], NewDocument]

UNFIT: list[tuple[Change, str, str]] = [
    (lambda invoice: replace(invoice, company="XX99"), "company_unknown", "company"),
    (lambda invoice: replace(invoice, customer="C-0"), "customer_unknown", "customer"),
    (lambda invoice: replace(invoice, currency="USD"), "currency_not_allowed", "currency"),
    (lambda invoice: replace(invoice, lines=()), "no_lines", "lines"),
    (
        lambda invoice: replace(invoice, lines=(invoice.lines[0], a_line("200.00", "B16"))),
        "tax_code_unknown",
        "lines[1].tax_code",
    ),
    (
        lambda invoice: replace(invoice, lines=(a_line("1000.001"), invoice.lines[1])),
        "amount_precision",
        "lines[0].net",
    ),
    (lambda invoice: replace(invoice, tax=Decimal("204.004")), "amount_precision", "tax"),
    (lambda invoice: replace(invoice, net=Decimal("1200.01")), "totals_mismatch", "net"),
    (lambda invoice: replace(invoice, gross=Decimal("1404.01")), "totals_mismatch", "gross"),
    (lambda invoice: replace(invoice, tax=Decimal("204.03")), "tax_mismatch", "tax"),
    (
        lambda invoice: replace(
            invoice, lines=(a_line("1000.00", tax="189.00"), a_line("200.00", "A07", "15.00"))
        ),
        "tax_mismatch",
        "lines",
    ),
    (
        lambda invoice: replace(
            invoice,
            lines=(a_line("-100.00"),),
            net=Decimal("-100.00"),
            tax=Decimal("-19.00"),
            gross=Decimal("-119.00"),
        ),
        "negative_total",
        "gross",
    ),
    (
        lambda invoice: replace(invoice, kind="credit_note", credits="RE-0"),
        "document_unknown",
        "number",
    ),
    (lambda invoice: replace(invoice, credits="RE-0"), "request_invalid", "credits"),
    (
        lambda invoice: replace(invoice, lines=(a_line("1000.00", tax="190.00"), invoice.lines[1])),
        "request_invalid",
        "lines",
    ),
    (lambda invoice: replace(invoice, document_date=date(2026, 10, 31)), "period_closed", "document_date"),
]


@pytest.mark.parametrize(("change", "code", "field"), UNFIT, ids=[f"{row[1]}-{row[2]}" for row in UNFIT])
def test_an_unfit_document_is_refused_and_leaves_nothing(
    client: SandboxErpClient,
    administration: SandboxErpAdministration,
    company: str,
    change: Change,
    code: str,
    field: str,
) -> None:
    administration.set_period(company, "2026-10", "closed")
    invoice = change(new_invoice(company, a_customer(client).number))
    before = last_cursor(client)

    with pytest.raises(Refused) as refusal:
        client.create_document(invoice)

    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert client.find_documents(str(invoice.external_reference)) == ()
    assert last_cursor(client) == before


@pytest.mark.parametrize(
    ("changes", "code", "field", "sentence"),
    [
        ({"blocked": True}, "customer_blocked", "customer", "is blocked for invoicing."),
        (
            {"tax_registration": None},
            "customer_incomplete",
            "customer.tax_registration",
            "no tax registration.",
        ),
        ({"address": None}, "customer_incomplete", "customer.address", "has no address."),
    ],
)
def test_an_unfit_customer_is_refused_until_mended(
    client: SandboxErpClient,
    company: str,
    changes: CustomerChanges,
    code: str,
    field: str,
    sentence: str,
) -> None:
    customer = a_customer(client)
    client.update_customer(customer.number, changes)
    invoice = new_invoice(company, customer.number)

    with pytest.raises(Refused) as refusal:
        client.create_document(invoice)

    assert (refusal.value.status, refusal.value.code, refusal.value.field) == (422, code, field)
    assert refusal.value.message.endswith(sentence)
    assert list(client.list_documents(company, "2026-11")) == []

    client.update_customer(
        customer.number,
        {"blocked": False, "tax_registration": customer.tax_registration, "address": customer.address},
    )
    assert client.create_document(invoice).number == f"RE-{company}-90001"


def test_a_period_reopened_takes_documents_again(
    client: SandboxErpClient, administration: SandboxErpAdministration, company: str
) -> None:
    invoice = new_invoice(company, a_customer(client).number)
    administration.set_period(company, "2026-11", "closed")
    with pytest.raises(Refused):
        client.create_document(invoice)
    assert [(period.period, period.state) for period in client.list_periods(company)] == [
        ("2026-11", "closed")
    ]

    administration.set_period(company, "2026-11", "open")

    assert client.create_document(invoice).number == f"RE-{company}-90001"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{", None),
        (b"[]", None),
        (b'{"kind": "invoice"}', "company"),
        (b'{"lines": 3}', "lines"),
        (b'{"lines": [{"description": ""}]}', "lines[0].description"),
        (b'{"lines": [{"description": "Work", "quantity": 8}]}', "lines[0].quantity"),
        (b'{"lines": [{"description": "Work", "quantity": "1e3"}]}', "lines[0].quantity"),
        (b'{"kind": "quote"}', "kind"),
    ],
)
def test_a_request_that_cannot_be_read_names_the_field(
    erp: RunningErp, body: bytes, field: str | None
) -> None:
    response = httpx.post(
        f"{erp.url}/api/documents",
        content=body,
        headers={"Authorization": f"Bearer {TOKEN}"},
        trust_env=False,
    )

    assert response.status_code == 400
    assert (response.json()["code"], response.json()["field"]) == ("request_invalid", field)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/nothing", 404), ("DELETE", "/api/documents", 405), ("GET", "/api/documents", 400)],
)
def test_addresses_not_served_are_refused_as_json(
    erp: RunningErp, method: str, path: str, status: int
) -> None:
    response = httpx.request(
        method, f"{erp.url}{path}", headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False
    )

    assert response.status_code == status
    assert set(response.json()) == {"code", "message", "field"}


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}])
def test_every_address_but_health_needs_the_token(erp: RunningErp, header: dict[str, str]) -> None:
    for path in ("/api/documents?company=X", "/api/admin/faults", "/api/nothing"):
        response = httpx.get(f"{erp.url}{path}", headers=header, trust_env=False)
        assert (response.status_code, response.json()["code"]) == (401, "not_authorised")
    assert httpx.get(f"{erp.url}/healthz", headers=header, trust_env=False).status_code == 200
