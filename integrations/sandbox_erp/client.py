"""HTTP client of the sandbox ERP. It sends once, never retries, and knows nothing of our own records."""

from collections.abc import Iterator, Mapping
from copy import copy
from typing import Self
from urllib.parse import quote

from integrations.sandbox_erp.reading import Reading
from integrations.sandbox_erp.records import ChangePage, Customer, Document, Payment, Period
from integrations.sandbox_erp.requests import CustomerChanges, NewCustomer, NewDocument
from integrations.sandbox_erp.transport import InTime, Timeouts, Trace, connection_pool, request


class SandboxErpClient:
    """Every method raises an ErpError of `errors` when the ERP does not answer as asked."""

    def __init__(
        self, base_url: str, token: str, *, trace: Trace | None = None, timeouts: Timeouts | None = None
    ) -> None:
        self._pool = connection_pool(base_url, token, timeouts or Timeouts())
        self._trace = trace or Trace()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._pool.close()

    def with_trace(self, trace: Trace) -> "SandboxErpClient":
        """Return a client on the same connections that sends these ids."""
        other = copy(self)
        other._trace = trace
        return other

    def find_documents(self, external_reference: str, *, company: str | None = None) -> tuple[Document, ...]:
        """Find every document that carries our reference: none, one, or more where the ERP allows it."""
        query = {"external_reference": external_reference, "company": company}
        return tuple(Document.read(data) for data in self._pages("/api/documents", query, "documents"))

    def create_document(
        self, document: NewDocument, *, idempotency_key: str | None = None, in_time: InTime | None = None
    ) -> Document:
        """Create a document, draft unless the company posts at once; refused in the ERP's words.

        Raises TooLate where `in_time` no longer holds when the request is written to the socket.
        """
        data = request(
            self._pool,
            "POST",
            "/api/documents",
            trace=self._trace,
            body=document.as_json(),
            idempotency_key=idempotency_key,
            in_time=in_time,
        )
        return Document.read(Reading(data, "POST /api/documents"))

    def get_document(self, number: str) -> Document:
        """Read one document; Refused with document_unknown when it is not there."""
        return Document.read(self._send("GET", f"/api/documents/{quote(number, safe='')}"))

    def post_document(self, number: str) -> Document:
        """Post a draft; a posted document is answered as it is, so repeating is harmless."""
        return Document.read(self._send("POST", f"/api/documents/{quote(number, safe='')}/post"))

    def list_documents(self, company: str, period: str) -> Iterator[Document]:
        """Read all documents of a company dated in a month (YYYY-MM), with lines, page by page."""
        query = {"company": company, "period": period}
        return map(Document.read, self._pages("/api/documents", query, "documents"))

    def changes(self, since: int, *, limit: int = 200) -> ChangePage:
        """Read the change feed after a cursor; 0 is its beginning."""
        return ChangePage.read(self._send("GET", "/api/changes", query={"since": since, "limit": limit}))

    def list_payments(
        self, *, since: int = 0, company: str | None = None, document: str | None = None
    ) -> Iterator[Payment]:
        """Read payments registered after a cursor, oldest first; each carries its own cursor."""
        more = True
        while more:
            query = {"since": since, "company": company, "document": document}
            page = self._send("GET", "/api/payments", query=query)
            yield from map(Payment.read, page.children("payments"))
            since, more = page.whole("next_cursor"), page.flag("more")

    def find_customer(self, external_reference: str) -> Customer | None:
        """Find the customer that carries our reference; the ERP keeps these unique."""
        query = {"external_reference": external_reference}
        found = [Customer.read(data) for data in self._pages("/api/customers", query, "customers")]
        return found[0] if found else None

    def find_customers_by_tax_registration(self, tax_registration: str) -> tuple[Customer, ...]:
        """Find every customer that carries the tax registration."""
        query = {"tax_registration": tax_registration}
        return tuple(Customer.read(data) for data in self._pages("/api/customers", query, "customers"))

    def get_customer(self, number: str) -> Customer:
        """Read one customer; Refused with customer_unknown when it is not there."""
        return Customer.read(self._send("GET", f"/api/customers/{quote(number, safe='')}"))

    def list_customers(self) -> Iterator[Customer]:
        """Read every customer, page by page."""
        return map(Customer.read, self._pages("/api/customers", {}, "customers"))

    def create_customer(self, customer: NewCustomer) -> Customer:
        """Create a customer; Refused with reference_exists when our reference is taken."""
        return Customer.read(self._send("POST", "/api/customers", body=customer.as_json()))

    def update_customer(self, number: str, changes: CustomerChanges) -> Customer:
        """Change the given fields and no others; repeating is harmless."""
        return Customer.read(self._send("PATCH", f"/api/customers/{quote(number, safe='')}", body=changes))

    def list_periods(self, company: str) -> tuple[Period, ...]:
        """Read the months the ERP opened or closed; a month not listed is open."""
        data = self._send("GET", f"/api/companies/{quote(company, safe='')}/periods")
        return tuple(Period.read(period) for period in data.children("periods"))

    def _pages(self, path: str, query: Mapping[str, str | None], name: str) -> Iterator[Reading]:
        cursor: str | None = None
        while True:
            page = self._send("GET", path, query={**query, "cursor": cursor})
            yield from page.children(name)
            cursor = page.optional_text("next_cursor")
            if cursor is None:
                return

    def _send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int | None] | None = None,
        body: object = None,
    ) -> Reading:
        data = request(self._pool, method, path, trace=self._trace, query=query, body=body)
        return Reading(data, f"{method} {path}")
