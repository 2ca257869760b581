"""The adapter against the real sandbox ERP: customers, documents, changes, errors in the relay's words."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from integrations.adapters import KnownParty, OutcomeUnknown, Party, Rejected, Throttled, Unreachable
from integrations.sandbox_erp import mapping
from integrations.sandbox_erp.adapter import SandboxErpAdapter
from integrations.sandbox_erp.administration import Fault, SandboxErpAdministration
from integrations.sandbox_erp.client import SandboxErpClient
from integrations.sandbox_erp.transport import Timeouts
from tests.integrations.sandbox_erp.building import a_reference, settings
from tests.integrations.sandbox_erp.running import TOKEN, RunningErp

PAYLOAD = {
    "kind": "invoice",
    "number": "IP-1",
    "currency": "EUR",
    "document_date": "2026-11-18",
    "purchase_order": "PO-1",
    "net": "1000.0000",
    "tax": "190.0000",
    "gross": "1190.0000",
    "lines": [
        {
            "description": "Senior consultant",
            "quantity": "8.0000",
            "unit_price": None,
            "net": "1000.0000",
            "tax_code": "A19",
        }
    ],
}


@pytest.fixture
def adapter(erp: RunningErp) -> Iterator[SandboxErpAdapter]:
    found = SandboxErpAdapter(SandboxErpClient(erp.url, TOKEN))
    yield found
    found.close()


def party(**values: str) -> Party:
    complete = Party(
        reference=a_reference(),
        name="Aurora Rail AG",
        country="DE",
        currency="EUR",
        tax_registration="DE136695976",
        address="Hafenstr. 7, 20457 Hamburg",
        email="ap@aurora.example",
        payment_terms_days=30,
    )
    return replace(complete, **values)  # type: ignore[arg-type]


def always() -> bool:
    """There is time to send."""
    return True


def test_a_customer_is_created_once_and_then_found(adapter: SandboxErpAdapter) -> None:
    bill_to = party()
    number = adapter.ensure_party(bill_to, "")
    assert adapter.ensure_party(bill_to, "") == number
    assert adapter.ensure_party(bill_to, number) == number


def test_gaps_of_a_customer_are_filled_and_what_it_holds_stays(
    adapter: SandboxErpAdapter, client: SandboxErpClient
) -> None:
    bill_to = party(tax_registration="", address="Old Street 1")
    number = adapter.ensure_party(bill_to, "")
    assert client.get_customer(number).missing == ("tax_registration",)
    completed = replace(bill_to, tax_registration="DE136695976", address="New Street 2")
    assert adapter.ensure_party(completed, number) == number
    held = client.get_customer(number)
    assert (held.missing, held.tax_registration, held.address) == ((), "DE136695976", "Old Street 1")


def test_a_document_is_created_found_and_posted(adapter: SandboxErpAdapter, company: str) -> None:
    operation = uuid.uuid4()
    customer = adapter.ensure_party(party(), "")
    created = adapter.create({**PAYLOAD, "company": company}, operation, customer, always)
    assert (created.state, created.net, created.tax, created.gross) == (
        "draft",
        Decimal("1000.00"),
        Decimal("190.00"),
        Decimal("1190.00"),
    )
    assert adapter.find(operation, company) == [created]
    posted = adapter.finish(created)
    assert posted == replace(created, state="posted")
    assert adapter.finish(posted) is posted
    assert adapter.find(uuid.uuid4(), company) == []


def test_a_credit_note_is_sent_positive_and_read_negative(adapter: SandboxErpAdapter, company: str) -> None:
    customer = adapter.ensure_party(party(), "")
    invoice = adapter.finish(adapter.create({**PAYLOAD, "company": company}, uuid.uuid4(), customer, always))
    line = {**PAYLOAD["lines"][0], "net": "-100.00", "quantity": "-1.0000", "unit_price": "100.00"}  # type: ignore[dict-item]
    payload = {
        **PAYLOAD,
        "company": company,
        "kind": "credit_note",
        "credits": invoice.number,
        "net": "-100.00",
        "tax": "-19.00",
        "gross": "-119.00",
        "lines": [line],
    }
    credit = adapter.finish(adapter.create(payload, uuid.uuid4(), customer, always))
    assert (credit.kind, credit.net, credit.gross) == ("credit_note", Decimal("-100.00"), Decimal("-119.00"))
    assert [found.net for found in adapter.snapshot(company, date(2026, 11, 1))] == [
        Decimal("1000.00"),
        Decimal("-100.00"),
    ]


def test_refusals_come_in_the_erps_words(
    adapter: SandboxErpAdapter, administration: SandboxErpAdministration, company: str
) -> None:
    incomplete = adapter.ensure_party(party(address=""), "")
    with pytest.raises(Rejected, match="has no address") as refusal:
        adapter.create({**PAYLOAD, "company": company}, uuid.uuid4(), incomplete, always)
    assert refusal.value.code == "customer_incomplete"
    administration.set_period(company, "2026-11", "closed")
    with pytest.raises(Rejected, match="2026-11") as refusal:
        adapter.create(
            {**PAYLOAD, "company": company}, uuid.uuid4(), adapter.ensure_party(party(), ""), always
        )
    assert refusal.value.code == "period_closed"


def test_the_idempotency_key_brings_back_the_first_document(
    adapter: SandboxErpAdapter, administration: SandboxErpAdministration, company: str
) -> None:
    administration.put_company(replace(settings(company), reference_mode="idempotency_key"))
    operation, customer = uuid.uuid4(), adapter.ensure_party(party(), "")
    payload = {**PAYLOAD, "company": company}
    assert adapter.create(payload, operation, customer, always) == adapter.create(
        payload, operation, customer, always
    )


@pytest.mark.parametrize(
    ("fault", "error"),
    [("429", Throttled), ("500_after_commit", OutcomeUnknown), ("reset", OutcomeUnknown)],
)
def test_faults_say_what_may_be_done_next(
    adapter: SandboxErpAdapter,
    administration: SandboxErpAdministration,
    company: str,
    fault: str,
    error: type[Exception],
) -> None:
    customer = adapter.ensure_party(party(), "")
    administration.script_faults([Fault(fault, method="POST", path_prefix="/api/documents")])  # type: ignore[arg-type]
    with pytest.raises(error):
        adapter.create({**PAYLOAD, "company": company}, uuid.uuid4(), customer, always)


def test_a_closed_port_is_unreachable() -> None:
    nobody = SandboxErpAdapter(SandboxErpClient("http://127.0.0.1:9", TOKEN, timeouts=Timeouts(1, 1)))
    with pytest.raises(Unreachable):
        nobody.find(uuid.uuid4(), "DE01")


def test_changes_bring_documents_payments_and_what_is_gone(
    adapter: SandboxErpAdapter, administration: SandboxErpAdministration, company: str
) -> None:
    customer = adapter.ensure_party(party(), "")
    cursor = end_of_feed(adapter)
    invoice = adapter.finish(adapter.create({**PAYLOAD, "company": company}, uuid.uuid4(), customer, always))
    other = adapter.create({**PAYLOAD, "company": company}, uuid.uuid4(), customer, always)
    administration.register_payment(invoice.number, Decimal("90.00"), "EUR", paid_on=date(2026, 11, 20))
    administration.delete_document(other.number)
    changes = adapter.changes(cursor)
    assert [(found.number, found.state, found.customer_name) for found in changes.documents] == [
        (invoice.number, "posted", "Aurora Rail AG")
    ]
    assert changes.gone == [other.number]
    assert [(paid.document, paid.amount, paid.currency) for paid in changes.payments] == [
        (invoice.number, Decimal("90.00"), "EUR")
    ]
    nothing = adapter.changes(changes.cursor)
    assert (nothing.documents, nothing.gone, nothing.payments, nothing.cursor) == ([], [], (), changes.cursor)
    again = adapter.changes(changes.cursor, overlap=True)
    assert invoice.number in {found.number for found in again.documents}


def end_of_feed(adapter: SandboxErpAdapter) -> str:
    cursor, more = "", True
    while more:
        changes = adapter.changes(cursor)
        cursor, more = changes.cursor, changes.more
    return cursor


def test_a_customer_entered_there_without_our_code_is_found_by_its_tax_id(
    erp: RunningErp, adapter: SandboxErpAdapter
) -> None:
    wanted = party(tax_registration=f"DE{uuid.uuid4().int % 10**9:09d}")
    with erp.client() as client:
        theirs = replace(mapping.customer_to_create(wanted), external_reference="")
        number = client.create_customer(theirs).number
        assert adapter.validate_party(wanted, "") == KnownParty(number, "found")
        assert client.get_customer(number).external_reference == wanted.reference
        assert adapter.validate_party(wanted, "") == KnownParty(number, "found")
        other = replace(wanted, reference=a_reference())
        assert adapter.validate_party(other, "").how == "created"


def test_several_customers_of_one_tax_id_are_left_to_a_person(
    erp: RunningErp, adapter: SandboxErpAdapter
) -> None:
    wanted = party(tax_registration=f"DE{uuid.uuid4().int % 10**9:09d}")
    with erp.client() as client:
        theirs = replace(mapping.customer_to_create(wanted), external_reference="")
        numbers = sorted(client.create_customer(theirs).number for _ in range(2))
        with pytest.raises(Rejected) as refusal:
            adapter.validate_party(wanted, "")
        assert refusal.value.code == "customer_ambiguous"
        assert all(number in refusal.value.sentence for number in numbers)
        assert client.find_customer(wanted.reference) is None


def test_a_customer_that_could_not_be_invoiced_is_refused_until_it_is_completed(
    erp: RunningErp, adapter: SandboxErpAdapter
) -> None:
    lacking = party(tax_registration="")
    with pytest.raises(Rejected) as refusal:
        adapter.validate_party(lacking, "")
    assert (refusal.value.code, refusal.value.field) == ("customer_incomplete", "customer.tax_registration")
    complete = replace(lacking, tax_registration="DE136695976")
    assert adapter.validate_party(complete, "").how == "found"
    with erp.client() as client:
        known = client.find_customer(lacking.reference)
        assert known is not None
        client.update_customer(known.number, {"blocked": True})
        with pytest.raises(Rejected) as blocked:
            adapter.validate_party(complete, known.number)
    assert blocked.value.code == "customer_blocked"
