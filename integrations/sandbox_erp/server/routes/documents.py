"""Sales documents and payments as an integration sees them."""

from starlette.routing import Route

from integrations.sandbox_erp.server.booking import book_document
from integrations.sandbox_erp.server.companies import ReferenceMode, known_company
from integrations.sandbox_erp.server.documents import (
    document_as_json,
    document_row,
    find_documents,
    post_document,
)
from integrations.sandbox_erp.server.drafts import read_draft
from integrations.sandbox_erp.server.endpoints import Answer, Call, reads, writes
from integrations.sandbox_erp.server.idempotency import document_of_key, keep_key
from integrations.sandbox_erp.server.payments import payments_since
from integrations.sandbox_erp.server.refusals import invalid


def create_document(call: Call) -> Answer:
    """Create a document; where the company honours Idempotency-Key, a repeat answers with the first one's."""
    draft = read_draft(call.body)
    company = known_company(call.connection, draft.company)
    honours_key = company.reference_mode is ReferenceMode.IDEMPOTENCY_KEY
    key = call.headers.get("idempotency-key") if honours_key else None
    if key and (earlier := document_of_key(call.connection, company.code, key, call.raw)):
        return Answer(_shown(call, earlier), 201, {"Idempotency-Replayed": "true"})
    number = book_document(
        call.connection, draft, origin="interface", correlation_id=call.headers.get("x-correlation-id")
    )
    if key:
        keep_key(call.connection, company.code, key, call.raw, number)
    return Answer(_shown(call, number), 201, {"Location": f"/api/documents/{number}"})


def get_document(call: Call) -> Answer:
    return Answer(_shown(call, call.path["number"]))


def post(call: Call) -> Answer:
    post_document(call.connection, call.path["number"])
    return Answer(_shown(call, call.path["number"]))


def list_documents(call: Call) -> Answer:
    """Find by external reference, or list a company's documents of a month, with lines, a page at a time."""
    if not call.query.get("external_reference") and not call.query.get("company"):
        raise invalid("Give external_reference or company.", "company")
    limit = call.whole("limit", 100, most=500)
    rows = find_documents(call.connection, call.query, call.whole("cursor", 0), limit)
    next_cursor = str(rows[-1]["id"]) if len(rows) == limit else None
    documents = [document_as_json(call.connection, row) for row in rows]
    return Answer({"documents": documents, "next_cursor": next_cursor})


def list_payments(call: Call) -> Answer:
    limit = call.whole("limit", 200, most=1000)
    since = call.whole("since", 0)
    payments = payments_since(
        call.connection,
        since,
        limit,
        company=call.query.get("company"),
        document=call.query.get("document"),
    )
    cursor = payments[-1]["cursor"] if payments else since
    return Answer({"payments": payments, "next_cursor": cursor, "more": len(payments) == limit})


def _shown(call: Call, number: str) -> dict[str, object]:
    return document_as_json(call.connection, document_row(call.connection, number, status=404))


ROUTES = [
    Route("/api/documents", reads(list_documents), methods=["GET"]),
    Route("/api/documents", writes(create_document), methods=["POST"]),
    Route("/api/documents/{number}", reads(get_document), methods=["GET"]),
    Route("/api/documents/{number}/post", writes(post), methods=["POST"]),
    Route("/api/payments", reads(list_payments), methods=["GET"]),
]
