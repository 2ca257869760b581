"""The sandbox ERP as the relay sees it: its client's errors and records in our words."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from core.correlation import correlation_id
from core.observing.tracing import traceparent
from integrations.adapters import (
    AlreadyThere,
    AuthFailed,
    Changes,
    InTime,
    KnownParty,
    OutcomeUnknown,
    Party,
    Payload,
    Rejected,
    TheirDocument,
    TheirPayment,
    Throttled,
    TooLate,
    Unreachable,
)
from integrations.sandbox_erp import errors, mapping
from integrations.sandbox_erp.client import SandboxErpClient
from integrations.sandbox_erp.records import Customer
from integrations.sandbox_erp.transport import Trace

OVERLAP = 200


class SandboxErpAdapter:
    """Implements the relay's Adapter on the sandbox ERP's client."""

    def __init__(self, client: SandboxErpClient) -> None:
        self._pool = client
        self._names: dict[str, str] = {}

    @property
    def _client(self) -> SandboxErpClient:
        """The client under the correlation id of the work in progress."""
        return self._pool.with_trace(
            Trace(correlation_id=correlation_id(), traceparent=traceparent() or None)
        )

    def ensure_party(self, party: Party, known_as: str) -> str:
        """Find the customer by its number, our code or its tax id, or create it; fill in what it lacks."""
        with in_our_words():
            return self._ready(party, known_as)[0].number

    def validate_party(self, party: Party, known_as: str) -> KnownParty:
        """Do the same, and refuse a customer the ERP would not invoice: blocked, or lacking something."""
        with in_our_words():
            customer, how = self._ready(party, known_as)
        mapping.refuse_unfit_customer(customer)
        return KnownParty(customer.number, how)

    def _ready(self, party: Party, known_as: str) -> tuple[Customer, str]:
        customer, how = self._customer(party, known_as)
        changes = mapping.gaps_to_fill(customer, party)
        if changes:
            customer = self._client.update_customer(customer.number, changes)
        return customer, how

    def _customer(self, party: Party, known_as: str) -> tuple[Customer, str]:
        if known_as:
            return self._client.get_customer(known_as), "known"
        found = self._client.find_customer(party.reference) or self._of_the_same_tax_id(party)
        if found:
            return found, "found"
        return self._created(party)

    def _of_the_same_tax_id(self, party: Party) -> Customer | None:
        """Find a customer entered over there without our code; several leave the choice to a person."""
        if not party.tax_registration:
            return None
        same = self._client.find_customers_by_tax_registration(party.tax_registration)
        free = [customer for customer in same if not customer.external_reference]
        if len(free) > 1:
            raise mapping.ambiguous_customer(party, free)
        return free[0] if free else None

    def _created(self, party: Party) -> tuple[Customer, str]:
        try:
            return self._client.create_customer(mapping.customer_to_create(party)), "created"
        except errors.Refused as refused:
            # Another worker created it between our look and our request.
            again = (
                self._client.find_customer(party.reference) if refused.code == "reference_exists" else None
            )
            if again is None:
                raise
            return again, "found"

    def find(self, operation_id: uuid.UUID, company: str) -> Sequence[TheirDocument]:
        """Return the documents that carry our operation id as external reference."""
        with in_our_words():
            found = self._client.find_documents(str(operation_id), company=company)
            return [mapping.their_document(document) for document in found]

    def create(
        self, payload: Payload, operation_id: uuid.UUID, customer: str, in_time: InTime
    ) -> TheirDocument:
        """Create the document; the operation id is external reference and idempotency key at once."""
        request = mapping.document_to_create(payload, operation_id, customer)
        with in_our_words():
            return mapping.their_document(
                self._client.create_document(request, idempotency_key=str(operation_id), in_time=in_time)
            )

    def finish(self, document: TheirDocument) -> TheirDocument:
        """Post a draft."""
        if document.state != "draft":
            return document
        with in_our_words():
            return mapping.their_document(self._client.post_document(document.number))

    def fetch(self, number: str) -> TheirDocument | None:
        """Return the document as it is now, or None where it was deleted."""
        with in_our_words():
            try:
                document = self._client.get_document(number)
            except errors.Refused as refused:
                if refused.code == "document_unknown":
                    return None
                raise
            return mapping.their_document(document, self._name(document.customer))

    def snapshot(self, company: str, month: date) -> Iterator[TheirDocument]:
        """Read every document of a company dated in a month, with its customers' names."""
        with in_our_words():
            self._names = {customer.number: customer.name for customer in self._client.list_customers()}
            for document in self._client.list_documents(company, f"{month:%Y-%m}"):
                yield mapping.their_document(document, self._names.get(document.customer, ""))

    def changes(self, cursor: str, *, overlap: bool = False) -> Changes:
        """Read one page of the change feed and the present state of what it names."""
        since = max(0, int(cursor or 0) - (OVERLAP if overlap else 0))
        with in_our_words():
            page = self._client.changes(since)
        keys = dict.fromkeys(change.key for change in page.changes if change.object == "document")
        present = {key: self.fetch(key) for key in keys}
        paid = any(change.object == "payment" for change in page.changes)
        return Changes(
            cursor=str(page.next_cursor),
            more=page.more,
            documents=[document for document in present.values() if document],
            gone=[key for key, document in present.items() if document is None],
            payments=self._payments(since, page.next_cursor) if paid else (),
        )

    def _payments(self, since: int, until: int) -> Sequence[TheirPayment]:
        with in_our_words():
            found = self._client.list_payments(since=since)
            return [mapping.their_payment(payment) for payment in found if payment.cursor <= until]

    def _name(self, customer: str) -> str:
        if customer not in self._names:
            self._names[customer] = self._client.get_customer(customer).name
        return self._names[customer]

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


@contextmanager
def in_our_words() -> Iterator[None]:
    """Turn the client's errors into the relay's, by what may be done next."""
    try:
        yield
    except errors.Refused as error:
        if error.code == "reference_exists":
            raise AlreadyThere(error.message) from error
        raise Rejected(error.code, error.message, error.field or "") from error
    except errors.AuthFailed as error:
        raise AuthFailed(str(error)) from error
    except errors.Throttled as error:
        raise Throttled(str(error), error.retry_after) from error
    except errors.Unreachable as error:
        raise Unreachable(str(error)) from error
    except errors.TooLate as error:
        raise TooLate(str(error)) from error
    except errors.OutcomeUnknown as error:
        raise OutcomeUnknown(str(error)) from error
