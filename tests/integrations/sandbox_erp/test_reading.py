"""Answers are read leniently where we do not care and strictly where we do."""

from datetime import date
from decimal import Decimal

import pytest

from integrations.sandbox_erp.errors import Malformed
from integrations.sandbox_erp.reading import Reading
from integrations.sandbox_erp.records import Document, DocumentLine

LINE = {
    "description": "Consulting",
    "quantity": "7.5",
    "unit_price": 150,
    "net": "1125.00",
    "tax_code": "A19",
    "tax": Decimal("213.75"),
    "ledger": {"account": "8400"},
}
DOCUMENT: dict[str, object] = {
    "number": "RE-90001",
    "company": "DE01",
    "kind": "invoice",
    "status": "posted",
    "customer": "C-10001",
    "external_reference": None,
    "currency": "EUR",
    "document_date": "2026-11-18T00:00:00Z",
    "due_date": "",
    "net": "1125.00",
    "tax": "213.75",
    "gross": "1338.75",
    "paid": "0.00",
    "payment_status": "unpaid",
    "lines": [LINE],
    "workflow": None,
}


def test_nulls_and_unknown_fields_pass() -> None:
    assert Document.read(Reading(DOCUMENT, "document")) == Document(
        number="RE-90001",
        company="DE01",
        kind="invoice",
        status="posted",
        customer="C-10001",
        external_reference=None,
        purchase_order=None,
        currency="EUR",
        document_date=date(2026, 11, 18),
        due_date=None,
        credits=None,
        net=Decimal("1125.00"),
        tax=Decimal("213.75"),
        gross=Decimal("1338.75"),
        paid=Decimal("0.00"),
        payment_status="unpaid",
        origin=None,
        lines=(
            DocumentLine(
                "Consulting", Decimal("7.5"), Decimal(150), Decimal("1125.00"), "A19", Decimal("213.75")
            ),
        ),
    )


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"number": None}, "document.number"),
        ({"number": 90001}, "document.number"),
        ({"external_reference": 5}, "document.external_reference"),
        ({"net": "NaN"}, "document.net"),
        ({"net": "a lot"}, "document.net"),
        ({"net": True}, "document.net"),
        ({"document_date": "18.11.2026"}, "document.document_date"),
        ({"lines": None}, "document.lines"),
        ({"lines": [LINE, {**LINE, "net": None}]}, "document.lines[1].net"),
    ],
)
def test_a_needed_field_that_does_not_fit_is_named(change: dict[str, object], path: str) -> None:
    with pytest.raises(Malformed) as error:
        Document.read(Reading({**DOCUMENT, **change}, "document"))

    assert str(error.value).startswith(f"{path} is not ")


@pytest.mark.parametrize(
    ("value", "name"), [("1", "whole"), (True, "whole"), ("yes", "flag"), ("a", "texts")]
)
def test_other_types_are_not_guessed(value: object, name: str) -> None:
    with pytest.raises(Malformed):
        getattr(Reading({"it": value}, "answer"), name)("it")
