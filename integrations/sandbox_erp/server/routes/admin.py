"""What people and tests do inside the ERP: companies, periods, payments, changes by hand."""

import re

from starlette.routing import Route

from integrations.sandbox_erp.server.amendments import amend_header, amend_line
from integrations.sandbox_erp.server.body import Body
from integrations.sandbox_erp.server.booking import book_document
from integrations.sandbox_erp.server.companies import (
    Company,
    ReferenceMode,
    TaxCode,
    known_company,
    save_company,
    set_period,
)
from integrations.sandbox_erp.server.documents import (
    delete_document,
    document_as_json,
    document_row,
    post_document,
    void_document,
)
from integrations.sandbox_erp.server.drafts import read_draft
from integrations.sandbox_erp.server.endpoints import Answer, Call, writes
from integrations.sandbox_erp.server.payments import Receipt, register_payment
from integrations.sandbox_erp.server.refusals import invalid

AMENDABLE = ("document_date", "customer", "currency", "purchase_order", "external_reference")


def put_company(call: Call) -> Answer:
    """Create or replace a company; prefix and first number of its series count the first time only."""
    body = call.body
    currency = body.text("currency")
    company = Company(
        code=call.path["code"],
        name=body.text("name"),
        country=body.text("country"),
        currency=currency,
        currencies=tuple(body.texts("currencies") or [currency]),
        auto_post=body.flag("auto_post", False),
        reference_mode=ReferenceMode(body.choice("reference_mode", tuple(ReferenceMode))),
        search_delay_ms=body.milliseconds("search_delay_seconds", 0),
    )
    tax_codes = [_tax_code(row) for row in body.children("tax_codes")]
    save_company(
        call.connection, company, tax_codes, body.text("number_prefix"), body.whole("first_number", 1)
    )
    return Answer({"code": company.code})


def put_period(call: Call) -> Answer:
    company = known_company(call.connection, call.path["code"], status=404)
    period = call.path["period"]
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", period):
        raise invalid("A period is written YYYY-MM.", "period")
    state = call.body.choice("state", ("open", "closed"))
    set_period(call.connection, company.code, period, state)
    return Answer({"company": company.code, "period": period, "state": state})


def create_payment(call: Call) -> Answer:
    body = call.body
    document = document_row(call.connection, body.text("document"))
    receipt = Receipt(
        amount=body.amount("amount"),
        currency=body.text("currency"),
        paid_on=body.day("paid_on"),
        reference=body.optional_text("reference"),
    )
    number = register_payment(call.connection, document, receipt)
    return Answer({"number": number, "document": _shown(call, document["number"])}, 201)


def create_manual_document(call: Call) -> Answer:
    """Raise a document by hand: the same checks, no external reference unless one is typed in."""
    body = call.body
    number = book_document(call.connection, read_draft(body), origin="manual", correlation_id=None)
    if body.flag("post", False):
        post_document(call.connection, number)
    return Answer(_shown(call, number), 201)


def amend_document(call: Call) -> Answer:
    """Overwrite header fields, or one line's net amount, whatever the document's state."""
    body = call.body
    document = document_row(call.connection, call.path["number"], status=404)
    values = {name: body.text(name) for name in AMENDABLE if body.has(name)}
    if "document_date" in values:
        values["document_date"] = body.day("document_date").isoformat()
    if body.has("net"):
        amend_line(call.connection, document, body.whole("line", 1), body.amount("net"))
    amend_header(call.connection, document, values)
    return Answer(_shown(call, document["number"]))


def void(call: Call) -> Answer:
    void_document(call.connection, call.path["number"])
    return Answer(_shown(call, call.path["number"]))


def delete(call: Call) -> Answer:
    delete_document(call.connection, call.path["number"])
    return Answer({"deleted": call.path["number"]})


def _tax_code(body: Body) -> TaxCode:
    return TaxCode(body.text("code"), body.text("name"), body.amount("percent"))


def _shown(call: Call, number: str) -> dict[str, object]:
    return document_as_json(call.connection, document_row(call.connection, number))


ROUTES = [
    Route("/api/admin/companies/{code}", writes(put_company), methods=["PUT"]),
    Route("/api/admin/companies/{code}/periods/{period}", writes(put_period), methods=["PUT"]),
    Route("/api/admin/payments", writes(create_payment), methods=["POST"]),
    Route("/api/admin/documents", writes(create_manual_document), methods=["POST"]),
    Route("/api/admin/documents/{number}", writes(amend_document), methods=["PATCH"]),
    Route("/api/admin/documents/{number}", writes(delete), methods=["DELETE"]),
    Route("/api/admin/documents/{number}/void", writes(void), methods=["POST"]),
]
