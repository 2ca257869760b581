"""The four ways in which ERPs treat our reference: classes A to D."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from integrations.sandbox_erp.administration import ReferenceMode, SandboxErpAdministration
from integrations.sandbox_erp.client import SandboxErpClient
from integrations.sandbox_erp.errors import Refused
from integrations.sandbox_erp.records import Document
from integrations.sandbox_erp.requests import NewDocument
from tests.integrations.sandbox_erp.building import a_customer, last_cursor, new_invoice, settings
from tests.integrations.sandbox_erp.running import RunningErp


def _in_mode(
    administration: SandboxErpAdministration, client: SandboxErpClient, company: str, mode: ReferenceMode
) -> NewDocument:
    administration.put_company(replace(settings(company), reference_mode=mode))
    return new_invoice(company, a_customer(client).number)


def test_class_a_answers_a_repeated_key_with_the_first_document(
    client: SandboxErpClient, administration: SandboxErpAdministration, company: str
) -> None:
    invoice = _in_mode(administration, client, company, "idempotency_key")
    first = client.create_document(invoice, idempotency_key="operation-1")
    before = last_cursor(client)

    assert client.create_document(invoice, idempotency_key="operation-1") == first
    with pytest.raises(Refused) as refusal:
        client.create_document(replace(invoice, purchase_order="other"), idempotency_key="operation-1")

    assert refusal.value.code == "idempotency_key_reused"
    assert last_cursor(client) == before
    assert client.create_document(invoice, idempotency_key="operation-2").number != first.number


def test_a_refused_request_leaves_its_key_free(
    client: SandboxErpClient, administration: SandboxErpAdministration, company: str
) -> None:
    invoice = _in_mode(administration, client, company, "idempotency_key")
    administration.set_period(company, "2026-11", "closed")
    with pytest.raises(Refused):
        client.create_document(invoice, idempotency_key="operation-1")
    administration.set_period(company, "2026-11", "open")

    assert client.create_document(invoice, idempotency_key="operation-1").number == f"RE-{company}-90001"


def test_class_b_refuses_the_second_document_with_a_reference(
    client: SandboxErpClient, administration: SandboxErpAdministration, company: str
) -> None:
    invoice = _in_mode(administration, client, company, "unique")
    first = client.create_document(invoice)

    with pytest.raises(Refused) as refusal:
        client.create_document(invoice)

    assert (refusal.value.status, refusal.value.code, refusal.value.field) == (
        409,
        "reference_exists",
        "external_reference",
    )
    assert client.find_documents(str(invoice.external_reference)) == (first,)


def test_class_c_takes_the_same_reference_twice(client: SandboxErpClient, company: str) -> None:
    invoice = new_invoice(company, a_customer(client).number)

    both = (client.create_document(invoice), client.create_document(invoice))

    assert client.find_documents(str(invoice.external_reference)) == both
    assert client.find_documents(str(invoice.external_reference), company="other") == ()


def test_class_c_may_find_a_new_document_late(
    client: SandboxErpClient, administration: SandboxErpAdministration, company: str
) -> None:
    administration.put_company(replace(settings(company), search_delay_seconds=3600))
    invoice = new_invoice(company, a_customer(client).number)
    created = client.create_document(invoice)

    assert client.find_documents(str(invoice.external_reference)) == ()
    assert client.get_document(created.number) == created

    administration.put_company(settings(company))
    assert client.find_documents(str(invoice.external_reference)) == (created,)


def test_class_d_drops_the_reference(
    client: SandboxErpClient, administration: SandboxErpAdministration, company: str
) -> None:
    invoice = _in_mode(administration, client, company, "none")

    created = client.create_document(invoice)

    assert created.external_reference is None
    assert client.find_documents(str(invoice.external_reference)) == ()


def _by_reference(client: SandboxErpClient, invoice: NewDocument) -> Document | Refused:
    try:
        return client.create_document(invoice)
    except Refused as refusal:
        return refusal


def _by_key(client: SandboxErpClient, invoice: NewDocument) -> Document | Refused:
    return client.create_document(invoice, idempotency_key="one-operation")


@pytest.mark.parametrize(
    ("mode", "create", "documents_told"),
    [("unique", _by_reference, 1), ("idempotency_key", _by_key, 10)],
)
def test_ten_at_once_with_one_reference_make_one_document(
    erp: RunningErp,
    client: SandboxErpClient,
    administration: SandboxErpAdministration,
    company: str,
    mode: ReferenceMode,
    create: Callable[[SandboxErpClient, NewDocument], Document | Refused],
    documents_told: int,
) -> None:
    invoice = _in_mode(administration, client, company, mode)

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(create, [client] * 10, [invoice] * 10))

    made = client.find_documents(str(invoice.external_reference))
    told = [answer for answer in answers if isinstance(answer, Document)]
    refused = [answer.code for answer in answers if isinstance(answer, Refused)]
    assert len(made) == 1
    assert told == [made[0]] * documents_told
    assert refused == ["reference_exists"] * (10 - documents_told)


def test_ten_at_once_get_ten_numbers_in_a_row(client: SandboxErpClient, company: str) -> None:
    invoice = new_invoice(company, a_customer(client).number)

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(client.create_document, [invoice] * 10))

    assert sorted(answer.number for answer in answers) == [
        f"RE-{company}-{number}" for number in range(90001, 90011)
    ]
